import type { Logger } from 'pino';
import { AppError } from '../contracts/errors.ts';
import type { SweepResult } from '../contracts/messages.ts';
import type { ToolCallInput, ToolResult } from '../contracts/tools.ts';
import type { ToolCallKey, ToolLogStore } from '../db/tool-logs.ts';
import { toolLogOf } from './tools/shown-tool-call.ts';

/** A tool call that is over, as its workflow keeps it. */
export interface EndedToolCall {
  input: ToolCallInput;
  /** Absent: it was ended from outside. */
  result?: ToolResult;
  startedAtMs: number;
}

export interface ToolLogActivityDeps {
  /** Up to when the last sweep has looked, milliseconds since 1970; undefined where none is known. */
  lastSweptMs: () => Promise<number | undefined>;
  /** The tool calls whose workflows ended from `sinceMs` on and before `untilMs`, milliseconds since 1970. */
  endedBetween: (sinceMs: number, untilMs: number) => AsyncIterable<ToolCallKey>;
  /** Undefined where its workflow is not kept any more. */
  readEnded: (key: ToolCallKey) => Promise<EndedToolCall | undefined>;
  toolLogs: Pick<ToolLogStore, 'findUnlogged' | 'addToolLog'>;
  /** Says that a sweep goes on. */
  beat: () => void;
  log: Logger;
  nowMs: () => number;
}

/** By then a tool's own worker has written its log, and Temporal lists the workflow among those that have ended. */
const settledAfterMs = 60_000;
/** The first sweep of an installation looks so far back. */
const firstLookMs = 86_400_000;
const atOnce = 200;

export type ToolLogActivities = ReturnType<typeof createToolLogActivities>;

/**
 * Logs the tool calls that their own worker has not: it died before it did, or the database was away. Their workflows hold
 * what was asked and what came of it.
 */
export function createToolLogActivities({
  lastSweptMs,
  endedBetween,
  readEnded,
  toolLogs,
  beat,
  log,
  nowMs,
}: ToolLogActivityDeps) {
  async function add(key: ToolCallKey): Promise<boolean> {
    try {
      const ended = await readEnded(key);
      if (!ended) return false;
      await toolLogs.addToolLog(toolLogOf(ended.input, ended.result ?? endedFromOutside, ended.startedAtMs));
      return true;
    } catch (failure) {
      // What can never be read must not keep the others waiting.
      if (!(failure instanceof AppError) || failure.retry) throw failure;
      log.error({ ...key, code: failure.code }, 'a tool call cannot be logged');
      return false;
    }
  }

  async function addMissing(keys: readonly ToolCallKey[]): Promise<number> {
    let added = 0;
    for (const [tenantId, ofTenant] of Map.groupBy(keys, (key) => key.tenantId)) {
      for (const key of await toolLogs.findUnlogged(tenantId, ofTenant)) {
        beat();
        if (await add(key)) added += 1;
      }
    }
    return added;
  }

  return {
    /** Repeatable: the sweeps overlap where the last one is not listed yet. */
    sweepToolLogs: async (): Promise<SweepResult> => {
      const sinceMs = (await lastSweptMs()) ?? nowMs() - firstLookMs;
      const untilMs = Math.max(sinceMs, nowMs() - settledAfterMs);
      let waiting: ToolCallKey[] = [];
      let added = 0;
      const flush = async (): Promise<void> => {
        beat();
        added += await addMissing(waiting);
        waiting = [];
      };
      for await (const key of endedBetween(sinceMs, untilMs)) {
        waiting.push(key);
        if (waiting.length >= atOnce) await flush();
      }
      await flush();
      if (added > 0) log.info({ added }, 'tool calls logged that their workers had not');
      return { untilMs, added };
    },
  };
}

const endedFromOutside: ToolResult = {
  status: 'failed',
  error: 'unreachable',
  retryable: false,
  hint: 'The tool call was ended from outside. It is not known whether the tool did its work.',
  attempts: 0,
  latencyMs: 0,
};
