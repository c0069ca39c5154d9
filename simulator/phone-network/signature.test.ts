import twilio from 'twilio';
import { expect, test } from 'vitest';
import { signRequest } from './signature.ts';

test('signs the published vector', () => {
  const fields = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  };
  const signature = signRequest('12345', 'https://mycompany.com/myapp.php?foo=1&bar=2', fields);
  expect(signature).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
});

test('repeated keys are made unique and sorted, as the real library checks', () => {
  const url = 'https://product.test/status';
  const fields = { StatusCallbackEvent: ['ringing', 'answered', 'ringing'], A: 'ž' };
  expect(twilio.validateRequest('token', signRequest('token', url, fields), url, fields)).toBe(true);
});

test('a stream is signed over its wss address alone', () => {
  const signature = signRequest('token', 'wss://media.test/ws');
  expect(twilio.validateRequest('token', signature, 'wss://media.test/ws', {})).toBe(true);
  expect(twilio.validateRequest('token', signature, 'https://media.test/ws', {})).toBe(false);
});
