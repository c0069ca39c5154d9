import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifyTwilioSignature } from './signature.ts';

const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const fields = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};
// The vendor's own example.
const signature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';

describe('verifyTwilioSignature', () => {
  it('takes the vendor’s own vector', () => {
    expect(verifyTwilioSignature({ url, signature, fields }, '12345')).toBe(true);
  });

  it.each([
    ['another token', { url, signature, fields }, '54321'],
    ['an empty token', { url, signature, fields }, ''],
    ['a changed field', { url, signature, fields: { ...fields, Digits: '1235' } }, '12345'],
    ['an added field', { url, signature, fields: { ...fields, Extra: '1' } }, '12345'],
    ['another address', { url: 'https://mycompany.com/other', signature, fields }, '12345'],
    ['no signature', { url, signature: undefined, fields }, '12345'],
    ['a signature of another length', { url, signature: 'eA==', fields }, '12345'],
    ['an address that is none', { url: 'nonsense', signature, fields }, '12345'],
  ])('refuses %s', (_name, request, token) => {
    expect(verifyTwilioSignature(request, token)).toBe(false);
  });

  it('takes a repeated field as the carrier signs it: unique and sorted', () => {
    const signed = createHmac('sha1', 't').update(`${url}a1a2`).digest('base64');
    expect(verifyTwilioSignature({ url, signature: signed, fields: { a: ['2', '1', '2'] } }, 't')).toBe(true);
  });

  it('checks a stream’s upgrade over the wss address alone', () => {
    const wss = 'wss://media.switchboard.test/media';
    const signed = createHmac('sha1', 't').update(wss).digest('base64');
    expect(verifyTwilioSignature({ url: wss, signature: signed }, 't')).toBe(true);
    expect(verifyTwilioSignature({ url: 'https://media.switchboard.test/media', signature: signed }, 't')).toBe(false);
  });
});
