import { expect, it } from 'vitest';
import { cutWav, readWav } from './wav.ts';

function wav({ encoding = 1, channels = 1, rateHz = 8000, bits = 16, bytes = 16_000, before = '' }): Buffer {
  const format = Buffer.alloc(24);
  format.write('fmt ');
  format.writeUInt32LE(16, 4);
  format.writeUInt16LE(encoding, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(rateHz, 12);
  format.writeUInt16LE(bits, 22);
  const head = Buffer.from('data____');
  head.writeUInt32LE(bytes, 4);
  return Buffer.concat([Buffer.from(`RIFF____WAVE${before}`), format, head, Buffer.alloc(bytes)]);
}

it('tells how long a recording lasts, whatever stands before it', () => {
  expect(readWav(wav({}))).toEqual({ durationMs: 1000 });
  expect(readWav(wav({ channels: 2, rateHz: 16_000, bytes: 96_000 }))).toEqual({ durationMs: 1500 });
  expect(readWav(wav({ encoding: 7, bits: 8, bytes: 12_000 }))).toEqual({ durationMs: 1500 });
  expect(readWav(wav({ before: 'LIST\u0003\0\0\0abc\0' }))).toEqual({ durationMs: 1000 });
});

it('reads a view into a larger buffer, and a file whose length was never filled in', () => {
  const file = wav({});
  expect(readWav(Buffer.concat([Buffer.alloc(7), file]).subarray(7))).toEqual({ durationMs: 1000 });
  file.writeUInt32LE(0xffffffff, 40);
  expect(readWav(file)).toEqual({ durationMs: 1000 });
});

it.each([
  ['an MP3', Buffer.from('ID3\u0003abcdefghijklmnop'), 'no WAV'],
  ['nothing', Buffer.alloc(0), 'no WAV'],
  ['a header alone', wav({}).subarray(0, 20), 'cut short'],
  ['24-bit sound', wav({ bits: 24 }), '16-bit PCM'],
  ['a sound of no length', wav({ bytes: 0 }), 'no sound'],
  ['eight channels', wav({ channels: 8 }), 'mono or stereo'],
])('says why %s cannot be played', (_what, file, why) => {
  expect(readWav(file)).toEqual({ fault: expect.stringContaining(why) });
});

it('cuts the beginning of a file out of it, by what its sound is made of', () => {
  const file = wav({ channels: 2, bytes: 64_000 });
  file.fill(7, 44);
  const cut = cutWav(file, 300);
  expect(readWav(cut)).toEqual({ durationMs: 300 });
  expect(
    Buffer.from(cut)
      .subarray(44)
      .equals(file.subarray(44, 44 + 9_600)),
  ).toBe(true);
  expect(readWav(cutWav(file, 9_000))).toEqual({ durationMs: 2_000 });
});
