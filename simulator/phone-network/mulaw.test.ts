import { expect, test } from 'vitest';
import { AudioTrack } from './audio-track.ts';
import { decodeMulaw, encodeMulaw, isAudible, mulawSilence } from './mulaw.ts';
import { readTelephoneWav } from './read-wav.ts';
import { tone } from './tones.ts';
import { encodeWav } from './wav.ts';

test('every code survives decoding and encoding, but minus zero', () => {
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
  const again = encodeMulaw(decodeMulaw(codes));
  expect([...again].filter((code, index) => code !== index)).toEqual([0xff]);
  expect([...decodeMulaw(Uint8Array.of(0xff, 0x7f, 0x80, 0x00))]).toEqual([0, 0, 32_124, -32_124]);
});

test('a whisper of noise is not audible, a tone is', () => {
  expect(isAudible(mulawSilence(160))).toBe(false);
  expect(isAudible(encodeMulaw(new Int16Array(160).fill(40)))).toBe(false);
  expect(isAudible(tone([440], 20))).toBe(true);
});

test('a track keeps sound where it was and silence as gaps', () => {
  const track = new AudioTrack();
  track.append(20, new Uint8Array(160).fill(1));
  track.append(40, new Uint8Array(160).fill(2));
  track.append(60, mulawSilence(160));
  track.append(80, new Uint8Array(160).fill(3));
  expect(track.segments().map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
    [20, 60],
    [80, 100],
  ]);
  const pcm = track.toPcm(100);
  expect(pcm).toHaveLength(800);
  expect([pcm[159], pcm[160], pcm[320], pcm[480], pcm[640]]).toEqual([0, ...decodeMulaw(Uint8Array.of(1, 2, 0xff, 3))]);
  expect(track.toPcm(60, 30)).toEqual(pcm.subarray(240, 480));
});

test('a WAV at another rate is read at the telephone rate', () => {
  const pcm = decodeMulaw(tone([400], 500));
  expect(readTelephoneWav(encodeWav([pcm], 8000))).toEqual(encodeMulaw(pcm));
  const doubled = Int16Array.from({ length: pcm.length * 2 }, (_, n) => pcm[n >> 1] ?? 0);
  expect(readTelephoneWav(encodeWav([doubled], 16_000))).toEqual(encodeMulaw(pcm));
  expect(readTelephoneWav(Buffer.from('<html>'))).toBeUndefined();
});
