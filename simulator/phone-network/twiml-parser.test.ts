import twilio from 'twilio';
import { expect, test } from 'vitest';
import { DocumentError, parseTwiml } from './twiml-parser.ts';

const URL_OF_DOCUMENT = 'https://product.test/voice/1?x=1';

function errorOf(body: string, url: string | undefined = URL_OF_DOCUMENT): number | undefined {
  try {
    parseTwiml(body.startsWith('<') ? `<Response>${body}</Response>` : body, url);
    return undefined;
  } catch (error) {
    if (error instanceof DocumentError) return error.code;
    throw error;
  }
}

test('reads what the real library writes', () => {
  const response = new twilio.twiml.VoiceResponse();
  const gather = response.gather({ action: '/g', numDigits: 1, input: ['dtmf', 'speech'], actionOnEmptyResult: true });
  gather.say({ voice: 'Google.cs-CZ-Standard-A', language: 'cs-CZ' }, 'Stiskněte 1 & čekejte');
  const connect = response.connect({ action: '../after' });
  const stream = connect.stream({ url: 'wss://media.test/media', name: 'agent' });
  stream.parameter({ name: 'token', value: 'a<b' });
  response.dial({ timeout: 20, answerOnBridge: true }).number({ statusCallbackEvent: ['ringing'] }, '+420123456789');
  response.record({ maxLength: 30, playBeep: false });
  response.start().recording({ channels: 'dual' });

  const verbs = parseTwiml(response.toString(), URL_OF_DOCUMENT);

  expect(verbs.map((verb) => verb.name)).toEqual(['Gather', 'Connect', 'Dial', 'Record', 'Start']);
  expect(verbs[0]?.attributes.action).toBe('https://product.test/g');
  expect(verbs[0]?.children[0]?.text).toBe('Stiskněte 1 & čekejte');
  expect(verbs[1]?.attributes.action).toBe('https://product.test/after');
  expect(verbs[1]?.children[0]?.children[0]?.attributes).toEqual({ name: 'token', value: 'a<b' });
});

test.each([
  ['not XML', 'hello', 12_100],
  ['empty', ' ', 12_100],
  ['unclosed', '<Response><Say>', 12_100],
  ['a plain Say', '<Say>x</Say>', undefined],
  ['unknown verb', '<Sing>x</Sing>', 12_200],
  ['a verb of the wrong case', '<say>x</say>', 12_200],
  ['a verb that is not simulated', '<Enqueue>support</Enqueue>', 12_200],
  ['unknown attribute', '<Say speed="2">x</Say>', 12_200],
  ['unknown voice', '<Say voice="cs-CZ-Standard-A">x</Say>', 12_200],
  ['unknown language', '<Say language="cs">x</Say>', 12_200],
  ['a voice in its language', '<Say voice="Google.cs-CZ-Standard-A" language="cs-CZ">x</Say>', undefined],
  ['a voice in another language', '<Say voice="Google.cs-CZ-Standard-A" language="en-US">x</Say>', 13_520],
  ['a neural voice in its language', '<Say voice="Polly.Amy-Neural" language="en-GB">x</Say>', undefined],
  ['a neural voice in another language', '<Say voice="Polly.Amy-Neural" language="cs-CZ">x</Say>', 13_520],
  ['a basic voice in a language that it does not have', '<Say voice="woman" language="cs-CZ">x</Say>', 13_520],
  ['a voice without a language', '<Say voice="Google.cs-CZ-Standard-A">x</Say>', undefined],
  ['hints as many as may be', `<Gather hints="${Array(500).fill('slovo').join(', ')}"/>`, undefined],
  ['too many hints', `<Gather hints="${Array(501).fill('slovo').join(', ')}"/>`, 13_330],
  ['a hint that is too long', `<Gather hints="ano, ${'x'.repeat(101)}"/>`, 13_330],
  ['an empty hint', '<Gather hints="ano,, ne"/>', 13_330],
  ['Connect without a noun', '<Connect/>', 12_200],
  ['Connect with two streams', '<Connect><Stream url="wss://a.b/c"/><Stream url="wss://a.b/d"/></Connect>', 12_200],
  ['Dial with eleven numbers', `<Dial>${'<Number>+420111222333</Number>'.repeat(11)}</Dial>`, 12_200],
  ['empty Say', '<Say/>', 12_200],
  ['markup in Say', '<Say>a<break/></Say>', 12_200],
  ['a boolean that is none', '<Gather bargeIn="yes"/>', 12_200],
  ['a number out of range', '<Pause length="0"/>', 12_200],
  ['an unknown input', '<Gather input="dtmf voice"/>', 12_200],
  ['a verb inside Gather that may not be', '<Gather><Hangup/></Gather>', 12_200],
  ['text in a verb without', '<Hangup>now</Hangup>', 12_200],
  ['Stream without url', '<Connect><Stream/></Connect>', 12_200],
  ['Play without anything', '<Play/>', 12_200],
  ['Play with bad digits', '<Play digits="12x"/>', 12_200],
  ['a number that is none', '<Dial><Number>bob</Number></Dial>', 13_223],
  [
    'a parameter that is too long',
    `<Connect><Stream url="wss://a.b/c"><Parameter name="token" value="${'x'.repeat(495)}"/></Stream></Connect>`,
    12_200,
  ],
  ['too much to say', `<Say>${'a'.repeat(4097)}</Say>`, 13_520],
  ['a document that is too large', `<Say>a</Say>${' '.repeat(70_000)}`, 11_750],
])('judges %s', (_, body, code) => {
  expect(errorOf(body)).toBe(code);
});

test('a root element that is not Response is refused', () => {
  expect(() => parseTwiml('<Say>x</Say>', URL_OF_DOCUMENT)).toThrow(DocumentError);
});

test.each(['<Gather action="/g"/>', '<Redirect>next</Redirect>', '<Play>a.wav</Play>', '<Record action="r"/>'])(
  'inline TwiML must not use a relative URL: %s',
  (body) => {
    expect(errorOf(body, URL_OF_DOCUMENT)).toBeUndefined();
    expect(() => parseTwiml(`<Response>${body}</Response>`, undefined)).toThrow('relative URL');
  },
);
