import { expect, test } from 'vitest';
import { validateStreamMessage } from './stream-validator.ts';

const streamSid = 'MZ1';
const validate = (message: unknown, isBinary = false) =>
  validateStreamMessage(
    Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
    isBinary,
    streamSid,
  );

test.each([
  [
    { event: 'media', streamSid, media: { payload: '//8=' } },
    { event: 'media', audio: Buffer.from([255, 255]) },
  ],
  [
    { event: 'mark', streamSid, mark: { name: '' } },
    { event: 'mark', name: '' },
  ],
  [{ event: 'clear', streamSid }, { event: 'clear' }],
])('takes %j', (message, expected) => {
  expect(validate(message)).toEqual({ ok: true, message: expected });
});

test.each([
  ['no JSON', 'hello'],
  ['no object', '[]'],
  ['no event', { streamSid }],
  ['unknown event', { event: 'stop', streamSid }],
  ['wrong stream', { event: 'clear', streamSid: 'MZ2' }],
  ['no stream', { event: 'clear' }],
  ['extra field', { event: 'clear', streamSid, now: true }],
  ['media without payload', { event: 'media', streamSid, media: {} }],
  ['media with a track', { event: 'media', streamSid, media: { payload: '//8=', track: 'outbound' } }],
  ['payload no base64', { event: 'media', streamSid, media: { payload: '*' } }],
  ['payload URL-safe base64', { event: 'media', streamSid, media: { payload: '__8=' } }],
  ['payload empty', { event: 'media', streamSid, media: { payload: '' } }],
  ['mark without name', { event: 'mark', streamSid, mark: {} }],
  ['mark with a number', { event: 'mark', streamSid, mark: { name: 1 } }],
  ['mark with more', { event: 'mark', streamSid, mark: { name: 'a', at: 1 } }],
])('refuses %s as an invalid message', (_, message) => {
  expect(validate(message)).toMatchObject({ ok: false, violation: { code: 31_951 } });
});

test('a binary frame is malformed, whatever it holds', () => {
  expect(validate({ event: 'clear', streamSid }, true)).toMatchObject({ ok: false, violation: { code: 31_950 } });
});

test('an audio file header is played, and remarked upon', () => {
  const payload = Buffer.from('RIFF....WAVE').toString('base64');
  expect(validate({ event: 'media', streamSid, media: { payload } })).toMatchObject({
    ok: true,
    remark: { code: null },
  });
});
