import { describe, expect, it, vi } from 'vitest';
import { createKeptLookup } from './kept-lookup.ts';

function setUp(maxEntries = 10) {
  const world = {
    atMs: 0,
    loads: 0,
    kept: 0,
    source: async (key: string): Promise<string | undefined> => key.toUpperCase(),
  };
  const lookup = createKeptLookup({
    load: (key) => {
      world.loads += 1;
      return world.source(key);
    },
    nowMs: () => world.atMs,
    freshMs: 100,
    waitMs: 5,
    maxEntries,
    onKept: () => (world.kept += 1),
  });
  return { world, lookup };
}

describe('a kept lookup', () => {
  it('asks once for what is fresh, also where there is nothing', async () => {
    const { world, lookup } = setUp();
    world.source = async (key) => (key === 'a' ? 'A' : undefined);
    expect([await lookup.get('a'), await lookup.get('a'), await lookup.get('b'), await lookup.get('b')]).toEqual([
      'A',
      'A',
      undefined,
      undefined,
    ]);
    expect(world.loads).toBe(2);
  });

  it('gives the newer value of a stale entry, and the kept one where the source is slow', async () => {
    const { world, lookup } = setUp();
    await lookup.get('a');
    world.atMs = 100;
    world.source = async () => 'new';
    expect(await lookup.get('a')).toBe('new');
    world.atMs = 200;
    const { promise, resolve } = Promise.withResolvers<string>();
    world.source = () => promise;
    expect(await lookup.get('a')).toBe('new');
    resolve('late');
    await promise;
    await expect.poll(() => lookup.get('a')).toBe('late');
  });

  it('keeps one reader waiting for a source that says nothing, and no other', async () => {
    vi.useFakeTimers();
    try {
      const { world, lookup } = setUp();
      await lookup.get('a');
      await lookup.get('b');
      world.atMs = 100;
      world.source = () => new Promise(() => {});
      const first = lookup.get('a');
      await vi.advanceTimersByTimeAsync(5);
      expect(await first).toBe('A');
      expect(await lookup.get('b')).toBe('B'); // no timer has run
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps what it had while the source fails, and throws only where it had nothing', async () => {
    const { world, lookup } = setUp();
    await lookup.get('a');
    world.atMs = 1000;
    world.source = () => Promise.reject(new Error('away'));
    expect(await lookup.get('a')).toBe('A');
    expect(await lookup.get('a')).toBe('A');
    await expect(lookup.get('b')).rejects.toThrow('away');
    expect([world.kept, lookup.size()]).toEqual([2, 1]);
  });

  it('waits for a slow source where all that it keeps is absence', async () => {
    const { world, lookup } = setUp();
    world.source = async () => undefined;
    await lookup.get('a');
    world.atMs = 100;
    const { promise, resolve } = Promise.withResolvers<string>();
    world.source = () => promise;
    vi.useFakeTimers();
    try {
      const found = lookup.get('a');
      await vi.advanceTimersByTimeAsync(1000);
      resolve('new');
      expect(await found).toBe('new');
    } finally {
      vi.useRealTimers();
    }
  });

  it('looks anew for all who ask while a lookup runs, once, and waits for it', async () => {
    const { world, lookup } = setUp();
    await lookup.get('a');
    const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const waiting = answers.values();
    world.source = () => waiting.next().value?.promise ?? Promise.reject(new Error('asked once more'));
    const first = lookup.getAnew('a');
    const later = Promise.all([lookup.getAnew('a'), lookup.getAnew('a')]);
    answers[0]?.resolve('before');
    expect(await first).toBe('before');
    answers[1]?.resolve('after');
    expect(await later).toEqual(['after', 'after']);
    expect(world.loads).toBe(3);
  });

  it('gives what it kept where looking anew fails', async () => {
    const { world, lookup } = setUp();
    world.source = async () => Promise.reject(new Error('away'));
    await expect(lookup.getAnew('a')).rejects.toThrow('away');
    world.source = async () => 'A';
    await lookup.getAnew('a');
    world.source = async () => Promise.reject(new Error('away'));
    expect(await lookup.getAnew('a')).toBe('A');
  });

  it('runs one lookup of a key at a time', async () => {
    const { world, lookup } = setUp();
    await Promise.all([lookup.get('a'), lookup.get('a'), lookup.get('a')]);
    expect(world.loads).toBe(1);
  });

  it('forgets the oldest beyond its bound', async () => {
    const { world, lookup } = setUp(2);
    for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) await lookup.get(key);
    expect(world.loads).toBe(4);
  });

  it('is not emptied by strangers', async () => {
    const { world, lookup } = setUp(2);
    world.source = async (key) => (key === 'a' ? 'A' : undefined);
    await lookup.get('a');
    for (let n = 0; n < 3000; n++) await lookup.get(`stranger ${n}`);
    world.loads = 0;
    expect(await lookup.get('a')).toBe('A');
    expect(world.loads).toBe(0);
  });
});
