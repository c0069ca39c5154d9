import { describe, expect, it } from 'vitest';
import { decodeMulaw } from '../phone-network/mulaw.ts';
import { callerFrames, codedPiece, CYCLE_FRAMES, LOUD, MARKER_FRAME, readCode } from './load-speech.ts';
import { clientFrame, createMessageCutter, PING, serverFrame } from './ws-frames.ts';

describe('messages by hand', () => {
  const texts = ['{}', 'x'.repeat(125), 'x'.repeat(126), 'x'.repeat(65_535), 'x'.repeat(65_536)];

  it('are cut as they were sent, whatever their length and wherever the stream was broken', () => {
    const stream = Buffer.concat(
      texts.flatMap((text) => [serverFrame(Buffer.from(text)), clientFrame(Buffer.from(text))]),
    );
    for (const chunk of [1, 7, 1460, stream.length]) {
      const seen: string[] = [];
      const cut = createMessageCutter((message) => seen.push(message.copy().toString()));
      for (let at = 0; at < stream.length; at += chunk) cut(stream.subarray(at, at + chunk));
      expect(seen).toEqual(texts.flatMap((text) => [text, text]));
    }
  });

  it('are unmasked, and keep what they are', () => {
    const masked = Buffer.from([0x80 | PING, 0x82, 1, 2, 3, 4, 0x61 ^ 1, 0x62 ^ 2]);
    const seen: [number, string][] = [];
    createMessageCutter((message) => seen.push([message.opcode, message.copy().toString()]))(masked);
    expect(seen).toEqual([[PING, 'ab']]);
  });
});

describe('what the load says', () => {
  it('is loud in the marker alone', () => {
    const loud = callerFrames().flatMap((frame, n) => {
      const pcm = decodeMulaw(Buffer.from(frame.toString(), 'base64'));
      return pcm.some((sample) => Math.abs(sample) > LOUD) ? [n] : [];
    });
    expect(loud).toEqual([MARKER_FRAME]);
    expect(callerFrames()).toHaveLength(CYCLE_FRAMES);
  });

  it.each([0, 1, 5, 1023, 4095])('tells the number %i of a session to whoever hears its first piece', (index) => {
    const pcm24k = Buffer.from(codedPiece(index), 'base64');
    const pcm8k = Int16Array.from({ length: pcm24k.length / 6 }, (_, n) => pcm24k.readInt16LE(6 * n));
    expect(readCode(pcm8k)).toBe(index);
  });
});
