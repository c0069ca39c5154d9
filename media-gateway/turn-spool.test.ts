import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import type { Turn } from '../contracts/turns.ts';
import { createTurnSpool, type TurnSpoolDeps } from './turn-spool.ts';

const key = Buffer.alloc(32, 7);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(() => rm(folder, { recursive: true }));

function turn(seq: number, text: string, epoch = 1): Turn {
  return {
    epoch,
    seq,
    speaker: 'caller',
    startMs: seq,
    endMs: seq,
    text,
    textMissing: false,
    heardText: text,
    interrupted: false,
  };
}

/** A database that is up, away, or takes a statement and says nothing. */
function madeUpDatabase() {
  const rows = new Map<string, string>();
  const writes: string[][] = [];
  const hung: (() => void)[] = [];
  const db = {
    state: 'up' as 'up' | 'away' | 'silent',
    rows,
    writes,
    release: () => hung.splice(0).forEach((go) => go()),
    write: async (_tenantId: string, callId: string, turns: readonly Turn[]) => {
      if (db.state === 'away') throw new AppError('database-unavailable', 'away');
      if (db.state === 'silent') await new Promise<void>((resolve) => hung.push(resolve));
      writes.push(turns.map(({ text }) => text));
      for (const { epoch, seq, text } of turns) rows.set(`${callId}/${epoch}/${seq}`, text);
      return { refused: [] };
    },
  };
  return db;
}

function spoolOf(db: ReturnType<typeof madeUpDatabase>, more: Partial<TurnSpoolDeps> = {}) {
  return createTurnSpool({
    folder,
    gatewayId: 'g1',
    key,
    write: db.write,
    gatewayAgeMs: async () => undefined,
    wallMs: Date.now,
    log: pino({ level: 'silent' }),
    ...more,
  });
}

describe('while the database is up', () => {
  it('leaves nothing behind', async () => {
    const db = madeUpDatabase();
    const spool = spoolOf(db);
    await spool.writeTurns('acme', 'CA1', [turn(1, 'dobrý den')]);
    await spool.close();
    expect(db.writes).toEqual([['dobrý den']]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('counts what the database refuses for good when it is back', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { promise: refused, resolve } = Promise.withResolvers<number>();
      const db = madeUpDatabase();
      const spool = spoolOf(db, {
        write: () =>
          Promise.reject(db.state === 'away' ? new AppError('database-unavailable', 'away') : new Error('no')),
        onRefused: resolve,
      });
      db.state = 'away';
      await spool.writeTurns('acme', 'CA1', [turn(1, 'a'), turn(2, 'b')]);
      db.state = 'up';
      const isOver = refused.then(() => true);
      while (!(await Promise.race([isOver, new Promise<false>((go) => setImmediate(go, false))]))) {
        await vi.advanceTimersByTimeAsync(500);
      }
      expect(await refused).toBe(2);
      await spool.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('passes on what the database refuses', async () => {
    const spool = spoolOf(madeUpDatabase(), { write: () => Promise.reject(new Error('no such tenant')) });
    await expect(spool.writeTurns('acme', 'CA1', [turn(1, 'a')])).rejects.toThrow('no such tenant');
    await spool.close();
  });
});

describe('while the database is away', () => {
  it('keeps turns in a file, unreadable to others, and writes the newest of each when it is back', async () => {
    const db = madeUpDatabase();
    const spool = spoolOf(db);
    db.state = 'away';
    await spool.writeTurns('acme', 'CA1', [turn(1, 'moje tajemství'), turn(2, 'a')]);
    await spool.writeTurns('acme', 'CA2', [turn(1, 'jiný hovor')]);
    await spool.writeTurns('acme', 'CA1', [turn(2, 'ab')]);
    expect(spool.isEmpty()).toBe(false);
    const kept = await readFile(join(folder, 'g1'), 'utf8');
    expect(kept.split('\n')).toHaveLength(4);
    expect(Buffer.from(kept, 'base64url').toString()).not.toContain('tajemství');
    db.state = 'up';
    await expect.poll(() => spool.isEmpty(), { timeout: 5000 }).toBe(true);
    expect(db.writes).toEqual([['moje tajemství', 'ab'], ['jiný hovor']]);
    await expect.poll(() => readdir(folder)).toEqual([]);
    await spool.close();
  });

  it('does not wait for a server that says nothing, nor lets its late answer overtake', async () => {
    const db = madeUpDatabase();
    const spool = spoolOf(db);
    db.state = 'silent';
    await spool.writeTurns('acme', 'CA1', [turn(1, 'a')]);
    await spool.writeTurns('acme', 'CA1', [turn(1, 'ab')]);
    expect(await readdir(folder)).toEqual(['g1']);
    db.state = 'up';
    db.release();
    await expect.poll(() => spool.isEmpty(), { timeout: 5000 }).toBe(true);
    expect(db.writes).toEqual([['a'], ['ab']]);
    expect(db.rows.get('CA1/1/1')).toBe('ab');
    await spool.close();
  });

  it('is left behind under traffic too: what waits is written together, and other calls need not wait for it', async () => {
    const db = madeUpDatabase();
    let said: PromiseWithResolvers<void> | undefined; // while somebody talks: the next turn
    const atOnce: number[] = []; // writes under way of what waited
    const spool = spoolOf(db, {
      write: async (...batch) => {
        const waited = batch[2].some(({ seq: first }) => first === 0);
        if (waited && db.state === 'up') atOnce.push((atOnce.at(-1) ?? 0) + 1);
        await said?.promise; // no transaction is over before another turn has come
        if (waited && db.state === 'up') atOnce.push((atOnce.at(-1) ?? 0) - 1);
        return db.write(...batch);
      },
    });
    const calls = Array.from({ length: 40 }, (_, n) => `CA${n}`);
    db.state = 'away';
    await Promise.all(calls.map((callId) => spool.writeTurns('acme', callId, [turn(0, 'a')])));
    let seq = 0;
    const written: Promise<unknown>[] = [];
    // Somebody is always talking: there is no moment in which nothing has come meanwhile.
    const talking = setInterval(() => {
      seq += 1;
      written.push(spool.writeTurns('acme', calls[seq % calls.length] ?? '', [turn(seq, 'b')]));
      said?.resolve();
      said = Promise.withResolvers();
    }, 10);
    db.state = 'up';
    await expect.poll(() => spool.isEmpty(), { timeout: 6000 }).toBe(true);
    clearInterval(talking);
    said?.resolve();
    said = undefined;
    await Promise.all(written);
    await spool.close();
    expect(db.rows.size).toBe(calls.length + seq);
    expect(Math.max(...atOnce)).toBeGreaterThan(10);
  });

  it('tells the writer where the disk takes nothing either, and needs no disk once the database is back', async () => {
    const db = madeUpDatabase();
    await mkdir(join(folder, 'g1')); // no file can be written under this name
    const spool = spoolOf(db);
    db.state = 'away';
    await expect(spool.writeTurns('acme', 'CA1', [turn(1, 'a')])).rejects.toMatchObject({
      code: 'database-unavailable',
      retry: true,
    });
    db.state = 'up';
    await expect.poll(() => db.rows.get('CA1/1/1'), { timeout: 5000 }).toBe('a');
    await rm(join(folder, 'g1'), { recursive: true });
    await expect.poll(() => spool.isEmpty(), { timeout: 5000 }).toBe(true);
    await spool.writeTurns('acme', 'CA1', [turn(2, 'b')]);
    expect([...db.rows.values()]).toEqual(['a', 'b']);
    await spool.close();
  });

  it('is bounded: beyond that the writer keeps its turns', async () => {
    const db = madeUpDatabase();
    const spool = spoolOf(db, { maxBytes: 100 });
    db.state = 'away';
    await spool.writeTurns('acme', 'CA1', [turn(1, 'a')]);
    await expect(spool.writeTurns('acme', 'CA1', [turn(2, 'b')])).rejects.toMatchObject({
      code: 'database-unavailable',
    });
    await spool.close();
  });
});

describe('a gateway that starts', () => {
  async function leftBy(gatewayId: string): Promise<void> {
    const db = madeUpDatabase();
    db.state = 'away';
    // As long as they live they let each other's files alone.
    const dead = spoolOf(db, { gatewayId, gatewayAgeMs: async () => 0 });
    await dead.writeTurns('acme', 'CA1', [turn(1, 'a'), turn(2, 'b')]);
    await dead.writeTurns('acme', 'CA1', [turn(2, 'bc')]);
    await dead.close();
  }

  it('brings home what one that is gone has left, its last line cut by the death', async () => {
    await leftBy('g0');
    await writeFile(join(folder, 'g0'), 'half a li', { flag: 'a' });
    const db = madeUpDatabase();
    const spool = spoolOf(db);
    await expect.poll(() => readdir(folder), { timeout: 5000 }).toEqual([]);
    expect([...db.rows]).toEqual([
      ['CA1/1/1', 'a'],
      ['CA1/1/2', 'bc'],
    ]);
    await spool.close();
  });

  it('shares what is left with another that starts at the same moment: each file is brought home once', async () => {
    const dead = ['g0', 'g3', 'g4', 'g5'];
    for (const gatewayId of dead) await leftBy(gatewayId);
    const db = madeUpDatabase();
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const spools = ['g1', 'g2'].map((gatewayId) => spoolOf(db, { gatewayId, log }));
    await expect.poll(() => readdir(folder), { timeout: 5000 }).toEqual([]);
    expect(db.writes).toEqual(dead.map(() => ['a', 'bc']));
    expect(lines).toEqual([]);
    await Promise.all(spools.map((spool) => spool.close()));
  });

  it('lets alone what another has just claimed that nobody knows yet', async () => {
    await leftBy('g0');
    const db = madeUpDatabase();
    const write = Promise.withResolvers<void>();
    const first = spoolOf(db, {
      write: async (...batch) => {
        await write.promise;
        return db.write(...batch);
      },
    });
    await expect.poll(() => readdir(folder)).toEqual([expect.stringMatching(/^g1-/)]);
    await leftBy('z9'); // looked at last
    const second = spoolOf(db, { gatewayId: 'g2' });
    await expect.poll(() => readdir(folder)).toEqual([expect.stringMatching(/^g1-/)]);
    expect(db.writes).toEqual([['a', 'bc']]);
    await second.close();
    write.resolve();
    await expect.poll(() => readdir(folder)).toEqual([]);
    expect(db.writes).toHaveLength(2);
    await first.close();
  });

  it('keeps what it has no key for, until the key is back', async () => {
    await leftBy('g0');
    const db = madeUpDatabase();
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
    const stranger = spoolOf(db, { key: Buffer.alloc(32, 8), log });
    await expect.poll(() => readdir(folder), { timeout: 5000 }).toEqual([expect.stringMatching(/^g1-.*\.unreadable$/)]);
    expect(db.writes).toEqual([]);
    expect(lines.join()).toContain('kept until its key is back');
    await stranger.close();
    const [aside = ''] = await readdir(folder);
    await rename(join(folder, aside), join(folder, 'g0'));
    const spool = spoolOf(db, { gatewayId: 'g2' });
    await expect.poll(() => readdir(folder), { timeout: 5000 }).toEqual([]);
    expect(db.writes).toEqual([['a', 'bc']]);
    await spool.close();
  });

  it('lets the file of one that lives alone', async () => {
    await leftBy('g0');
    const asked: string[] = [];
    const db = madeUpDatabase();
    const spool = spoolOf(db, {
      gatewayAgeMs: async (gatewayId) => {
        asked.push(gatewayId);
        return 300;
      },
    });
    await expect.poll(() => asked).toEqual(['g0']);
    await spool.close();
    expect(await readdir(folder)).toEqual(['g0']);
    expect(db.writes).toEqual([]);
  });

  it('leaves it where it is while the database is away', async () => {
    await leftBy('g0');
    const db = madeUpDatabase();
    db.state = 'away';
    const spool = spoolOf(db);
    await expect.poll(() => readdir(folder)).toEqual([expect.stringMatching(/^g1-/)]);
    await spool.close();
    db.state = 'up';
    const next = spoolOf(db, { gatewayId: 'g2', wallMs: () => Date.now() + 6000 }); // the claim is old by then
    await expect.poll(() => readdir(folder), { timeout: 5000 }).toEqual([]);
    expect(db.rows.get('CA1/1/2')).toBe('bc');
    await next.close();
  });
});
