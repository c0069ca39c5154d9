import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlayout, LEAD_MS, type Playout } from './playout.ts';

describe('playout', () => {
  it('sends the first audio at once, however little it is', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 40));
    expect(playout.due(0)?.payload).toEqual(ramp(0, 40));
    expect(playout.due(0)).toBeUndefined();
  });

  it('keeps the carrier 200 to 300 ms ahead, and every sample in order, over many wraps of its memory', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 60_000));
    const sent: number[] = [];
    for (let atMs = 1000; !playout.isIdle(); atMs += 20) {
      for (const { payload, mark } of pieces(playout, atMs)) {
        sent.push(...payload);
        playout.markEchoed(mark, atMs);
      }
      const aheadMs = sent.length / 8 - (atMs - 1000);
      expect(aheadMs).toBeLessThanOrEqual(LEAD_MS);
      expect(aheadMs >= 200 || sent.length === 8 * 60_000).toBe(true);
    }
    expect(Uint8Array.from(sent)).toEqual(ramp(0, 8 * 60_000));
  });

  it('catches up after a stall instead of waiting, and does not send more than it would have', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 5000));
    total(playout, 0);
    expect(total(playout, 1000)).toBe(8 * LEAD_MS);
  });

  it('keeps audio whole while the queue grows and drains at random', () => {
    const step = fc.record({ enqueue: fc.integer({ min: 0, max: 90_000 }), waitMs: fc.integer({ min: 0, max: 9000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const playout = createPlayout();
        let queued = 0;
        let sent = 0;
        let atMs = 0;
        const drain = (): void => {
          for (const { payload } of pieces(playout, atMs)) {
            expect(Buffer.compare(payload, ramp(sent, payload.length))).toBe(0);
            sent += payload.length;
          }
        };
        for (const { enqueue, waitMs } of steps) {
          queued += playout.enqueue(ramp(queued, enqueue));
          for (const until = atMs + waitMs; atMs < until; atMs += 100) drain();
        }
        while (playout.queuedMs() > 0) {
          atMs += 100;
          drain();
        }
        expect(sent).toBe(queued);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('takes ten minutes of waiting audio and no more', () => {
    const playout = createPlayout();
    for (let i = 0; i < 10; i++) expect(playout.enqueue(new Uint8Array(8 * 60_000))).toBe(8 * 60_000);
    expect(playout.enqueue(new Uint8Array(8))).toBe(0);
  });
});

describe('a pause', () => {
  it('sends nothing, and goes on from what was heard with new marks', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 1000));
    const [first] = pieces(playout, 0);
    playout.pause(100);
    expect(playout.heard(100)).toBe(800);
    expect(pieces(playout, 200)).toEqual([]);
    expect(playout.markEchoed(first?.mark ?? '', 210)).toBe(false);
    playout.enqueue(ramp(8 * 1000, 8 * 100));
    playout.resume();
    const after = pieces(playout, 900);
    expect(after[0]?.payload).toEqual(ramp(800, 8 * 300));
    expect(playout.heard(1000)).toBe(1600);
  });

  it('after a clear brings nothing of it back', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 1000));
    pieces(playout, 0);
    playout.clear(100);
    playout.pause(200);
    playout.resume();
    expect(pieces(playout, 300)).toEqual([]);
    expect(playout.isIdle()).toBe(true);
  });
});

describe('what was heard', () => {
  it('follows the marks, and the clock between them, but never past the next mark', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 1000));
    const first = playout.due(0);
    expect(playout.heard(100)).toBe(800);
    const second = playout.due(150);
    expect(playout.heard(900)).toBe(8 * 300);
    playout.markEchoed(first?.mark ?? '', 320);
    expect(playout.heard(320)).toBe(8 * 300);
    expect(playout.heard(370)).toBe(8 * 350);
    playout.markEchoed(second?.mark ?? '', 471);
    expect(playout.heard(10_000)).toBe(8 * 450);
  });

  it('stands still while the carrier has nothing to play', () => {
    const playout = createPlayout();
    play(playout, 100, 0);
    playout.enqueue(ramp(0, 800));
    playout.due(5000);
    expect(playout.heard(5050)).toBe(8 * 150);
  });

  it('ignores echoes that a clear brought back, and marks of others', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 1000));
    const piece = playout.due(0);
    expect(playout.clear(120)).toBe(8 * 120);
    expect(playout.markEchoed(piece?.mark ?? '', 121)).toBe(false);
    expect(playout.markEchoed('label of another', 121)).toBe(false);
    expect(playout.heard(500)).toBe(8 * 120);
    expect(playout.isIdle()).toBe(true);
  });

  it('gives speech after a clear positions behind what was dropped', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 1000));
    playout.due(0);
    playout.clear(100);
    const start = playout.end();
    expect(start).toBe(8 * 1000);
    playout.enqueue(ramp(0, 800));
    const piece = playout.due(200);
    expect(piece?.payload).toEqual(ramp(0, 800));
    expect(playout.heard(250) - start).toBe(8 * 50);
  });

  it('is everything once the last mark is back, even if earlier ones were lost', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 500));
    let last = '';
    for (let atMs = 0; atMs < 500; atMs += 20) for (const { mark } of pieces(playout, atMs)) last = mark;
    expect(playout.isIdle()).toBe(false);
    expect(playout.markEchoed(last, 520)).toBe(true);
    expect(playout.isIdle()).toBe(true);
    expect(playout.heard(520)).toBe(playout.end());
  });

  it('is not held up for ever by a mark that never comes back', () => {
    const playout = createPlayout();
    playout.enqueue(ramp(0, 8 * 60_000));
    for (let atMs = 0; atMs < 60_000; atMs += 20) total(playout, atMs);
    expect(playout.heard(60_000)).toBeGreaterThan(8 * 50_000);
  });
});

function pieces(playout: Playout, atMs: number): { payload: Uint8Array; mark: string }[] {
  const sent = [];
  for (let piece = playout.due(atMs); piece; piece = playout.due(atMs)) {
    sent.push({ payload: piece.payload.slice(), mark: piece.mark });
  }
  return sent;
}

function total(playout: Playout, atMs: number): number {
  return pieces(playout, atMs).reduce((sum, { payload }) => sum + payload.length, 0);
}

function play(playout: Playout, durationMs: number, atMs: number): void {
  playout.enqueue(ramp(0, 8 * durationMs));
  for (const { mark } of pieces(playout, atMs)) playout.markEchoed(mark, atMs + durationMs);
}

function ramp(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => ((from + i) * 31 + ((from + i) >> 8)) & 0xff);
}
