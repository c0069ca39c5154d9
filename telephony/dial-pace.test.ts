import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDialPace, type DialPace } from './dial-pace.ts';

let pace: DialPace;
let dialled: string[];
beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  pace = createDialPace({ perSecond: 2, longestWaitMs: 3000, nowMs: Date.now });
  dialled = [];
});
afterEach(() => {
  vi.useRealTimers();
});

async function dial(name: string, tenantId = 'acme', accountId = 'AC1'): Promise<void> {
  const turn = await pace.turn(accountId, tenantId);
  dialled.push(turn.type === 'now' ? `${name}@${Date.now()}` : `${name} later ${turn.afterMs}`);
}

describe('the pace of an account', () => {
  it('spaces its calls evenly', async () => {
    for (const name of ['a', 'b', 'c']) void dial(name);
    await vi.advanceTimersByTimeAsync(5000);
    expect(dialled).toEqual(['a@0', 'b@500', 'c@1000']);
    void dial('d');
    void dial('e');
    await vi.advanceTimersByTimeAsync(1000);
    expect(dialled.slice(3)).toEqual(['d@5000', 'e@5500']);
  });

  it('counts a turn that has just been taken', async () => {
    void dial('a');
    await vi.advanceTimersByTimeAsync(100);
    void dial('b');
    await vi.advanceTimersByTimeAsync(1000);
    expect(dialled).toEqual(['a@0', 'b@500']);
  });

  it('is its own', async () => {
    void dial('a', 'acme', 'AC1');
    void dial('b', 'acme', 'AC2');
    await vi.advanceTimersByTimeAsync(0);
    expect(dialled).toEqual(['a@0', 'b@0']);
  });

  it('lets tenants take turns, whoever asks for more', async () => {
    for (const name of ['a1', 'a2', 'a3', 'a4']) void dial(name, 'acme');
    void dial('b1', 'other');
    await vi.advanceTimersByTimeAsync(3000);
    expect(dialled).toEqual(['a1@0', 'a2@500', 'b1@1000', 'a3@1500', 'a4@2000']);
  });

  it('sends away who would wait too long, each to a moment of his own, and lets him in then', async () => {
    for (let n = 0; n < 10; n++) void dial(`c${n}`);
    await vi.advanceTimersByTimeAsync(0);
    expect(dialled).toEqual(['c7 later 3500', 'c8 later 4000', 'c9 later 4500', 'c0@0']);
    dialled = [];
    await vi.advanceTimersByTimeAsync(3500);
    void dial('c7');
    await vi.advanceTimersByTimeAsync(500);
    void dial('c8');
    await vi.advanceTimersByTimeAsync(0);
    expect(dialled.slice(-3)).toEqual(['c6@3000', 'c7@3500', 'c8@4000']);
  });

  it('keeps a place for a tenant who comes with one call while another has many', async () => {
    for (let n = 0; n < 10; n++) void dial(`c${n}`);
    void dial('b', 'other');
    await vi.advanceTimersByTimeAsync(1100);
    expect(dialled).toContain('b@1000');
  });
});
