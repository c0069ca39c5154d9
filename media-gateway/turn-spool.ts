/**
 * Keeps turns that the database does not take, in a file of this gateway, until it takes them.
 *
 * Phases: `direct` (turns go straight to the database) -> `away` (all go into the file) -> direct, as soon as the database has
 * taken once what waited. A call of which more has come meanwhile goes on by the file until nothing of it waits.
 *
 * Invariants:
 * P1 While anything of a call waits, everything of it goes behind it: an older version of a turn never follows a newer one.
 * P2 A batch is in the file before its writer is told that it is safe; the file goes when the database has it all.
 * P3 A gateway that is gone leaves its file to whichever gateway starts there next; of one that lives it is let alone.
 * P4 The file is bounded; beyond its bound, or where the disk takes nothing, the writer is told and keeps the turns itself.
 * P5 What cannot be opened is never deleted: its key may come back.
 */
import { randomBytes } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AppError, messageOf } from '../contracts/errors.ts';
import { within } from './session/within.ts';
import { isPutAside, openSpoolFile, type TurnBatch } from './spool-file.ts';
import { createTurnBacklog, isAway, type WriteTurns } from './turn-backlog.ts';

export interface TurnSpoolDeps {
  /** Of all gateways of this machine. */
  folder: string;
  gatewayId: string;
  /** 32 bytes. */
  key: Buffer;
  write: WriteTurns;
  /** Milliseconds since a gateway was last heard of; undefined where nobody knows it. Rejects where the database is away. */
  gatewayAgeMs: (gatewayId: string) => Promise<number | undefined>;
  maxBytes?: number;
  /** Turns that the database refuses for good. */
  onRefused?: (turns: number) => void;
  /** The wall clock, in milliseconds since 1970. */
  wallMs: () => number;
  log: Logger;
}

export interface TurnSpool {
  /** Resolves when the turns are in the database or in the file. */
  writeTurns: WriteTurns;
  isEmpty(): boolean;
  /** Turns that wait for the database. */
  waiting(): number;
  /** Tries a last time; what is left stays in the file. */
  close(): Promise<void>;
}

/** A write that takes longer is as good as none: the process might be gone before it ends. */
const LATE_MS = 250;
const RETRY_MS = 500;
const SWEEP_EVERY_MS = 10_000;
const GONE_MS = 5_000;
const MAX_BYTES = 64 * 1024 * 1024;

export function createTurnSpool(deps: TurnSpoolDeps): TurnSpool {
  const { folder, gatewayId, key, write, log, maxBytes = MAX_BYTES } = deps;
  const file = openSpoolFile(join(folder, gatewayId), key);
  const backlog = createTurnBacklog();
  /** Writes that were late: they may still reach the database. */
  const late = new Set<Promise<unknown>>();
  let inFile: Promise<void> = Promise.resolve();
  let bytes = 0;
  let isDown = false;
  let emptying: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const dropped = ({ callId, turns }: TurnBatch, failure: unknown): void => {
    deps.onRefused?.(turns.length);
    log.error({ callId, turns: turns.length, reason: messageOf(failure) }, 'turns lost: the database refuses them');
  };
  const oneByOne = (job: () => Promise<void>): Promise<void> => {
    const done = inFile.then(job);
    inFile = done.catch(() => undefined);
    return done;
  };

  async function keep(batch: TurnBatch): Promise<void> {
    if (bytes > maxBytes) throw new AppError('database-unavailable', 'the spool is full and the database is away');
    if (backlog.size() === 0) log.warn('turns go to the spool: the database does not take them');
    backlog.add(batch);
    if (!closed) retry ??= setTimeout(() => void empty(), RETRY_MS);
    await oneByOne(async () => {
      await file.append(batch).catch((cause: unknown) => {
        throw new AppError('database-unavailable', 'the disk takes no turns and the database is away', { cause });
      });
      bytes = await file.bytes();
    });
  }

  function empty(): Promise<void> {
    clearTimeout(retry);
    emptying ??= writeBacklog().finally(() => {
      emptying = undefined;
      retry = backlog.size() > 0 && !closed ? setTimeout(() => void empty(), RETRY_MS) : undefined;
    });
    return emptying;
  }

  async function writeBacklog(): Promise<void> {
    await Promise.allSettled(late);
    if (await backlog.write(write, dropped)) isDown = false;
    await oneByOne(async () => {
      if (backlog.size() > 0) return;
      try {
        await file.remove();
      } catch (failure) {
        return log.warn({ reason: messageOf(failure) }, 'spool not removed');
      }
      if (bytes > 0) log.info('the database has all of the spool');
      bytes = 0;
    });
  }

  /** Brings home what gateways that are gone have left. */
  async function sweep(): Promise<void> {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.toSorted((one, other) => (one < other ? -1 : 1))) {
      const [owner = ''] = name.split('-');
      if (name === gatewayId || isPutAside(name)) continue;
      try {
        if (owner !== gatewayId && ((await deps.gatewayAgeMs(owner)) ?? Infinity) < GONE_MS) continue;
        if (owner !== gatewayId && owner !== name && (await sinceClaimMs(name)) < GONE_MS) continue;
        const mine = owner === gatewayId ? name : await claim(name);
        if (mine !== undefined) await bringHome(mine);
      } catch (failure) {
        if (!isAway(failure)) log.warn({ spool: name, reason: messageOf(failure) }, 'spool not brought home');
      }
    }
  }

  /** By its new name the file is ours: of two gateways one has it, the other gets undefined. */
  async function claim(name: string): Promise<string | undefined> {
    const claimed = `${gatewayId}-${randomBytes(4).toString('hex')}`;
    try {
      await rename(join(folder, name), join(folder, claimed));
      return claimed;
    } catch (failure) {
      if (failure instanceof Error && 'code' in failure && failure.code === 'ENOENT') return undefined;
      throw failure;
    }
  }

  /** A gateway that starts may work on a file before anybody knows of the gateway. */
  async function sinceClaimMs(name: string): Promise<number> {
    const renamed = await stat(join(folder, name)).catch(() => undefined);
    return renamed ? deps.wallMs() - renamed.ctimeMs : 0;
  }

  async function bringHome(name: string): Promise<void> {
    const left = openSpoolFile(join(folder, name), key);
    const { batches, unreadable } = await left.read();
    const found = createTurnBacklog();
    for (const batch of batches) found.add(batch);
    await found.write(write, dropped);
    if (found.size() > 0) return;
    if (batches.length > 0)
      log.info({ spool: name, batches: batches.length }, 'the spool of a gateway that is gone is in the database');
    if (unreadable === 0) return left.remove();
    log.error({ spool: name, unreadable }, 'lines of a spool cannot be opened: it is kept until its key is back');
    return left.putAside();
  }

  const sweeping = setInterval(() => void sweep(), SWEEP_EVERY_MS);
  void sweep();

  return {
    async writeTurns(tenantId, callId, turns) {
      const batch = { tenantId, callId, turns };
      const kept = { refused: [] };
      if (isDown || backlog.has(tenantId, callId)) {
        await keep(batch);
        return kept;
      }
      const writing = write(tenantId, callId, turns);
      try {
        const done = await within(writing, LATE_MS, undefined);
        if (done) return done;
      } catch (failure) {
        if (!isAway(failure)) throw failure;
      }
      isDown = true;
      const settled = writing.catch(() => undefined).finally(() => late.delete(settled));
      late.add(settled);
      await keep(batch);
      return kept;
    },
    isEmpty: () => backlog.size() === 0,
    waiting: () => backlog.turns(),
    async close() {
      closed = true;
      clearInterval(sweeping);
      await empty();
    },
  };
}
