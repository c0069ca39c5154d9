import type { Logger } from 'pino';
import type {
  AssistantLeft,
  Checkpoint,
  HandoverPlan,
  HandoverReadiness,
  LeaveAnswer,
  MediaStopped,
  SensitiveEntry,
} from '../contracts/messages.ts';
import type { ToolCallInput, ToolResult } from '../contracts/tools.ts';
import type { Turn } from '../contracts/turns.ts';
import { costLines, type CostLine } from './session/cost-lines.ts';
import type { CallLine, SessionStart, VisitHandle } from './session/session-deps.ts';

interface CallRef {
  tenantId: string;
  callId: string;
}

/** The stores and clients behind a session's line; each is used for one thing. */
export interface CallLineDeps {
  readForReattach: (call: CallRef) => Promise<{ resumption?: { handle: string } } | undefined>;
  readTurns: (call: CallRef) => Promise<Turn[]>;
  /** Returns which turns came too late: a newer epoch had begun. */
  writeTurns: (tenantId: string, callId: string, turns: readonly Turn[]) => Promise<{ refused: readonly object[] }>;
  storeResumptionHandle: (handle: CallRef & { epoch: number; handle: string }) => Promise<boolean>;
  storeOutcome: (outcome: CallRef & { epoch: number; visit?: number; outcome: string }) => Promise<boolean>;
  writeCosts: (costs: CallRef & { entries: readonly CostLine[] }) => Promise<void>;
  mediaStopped: (call: CallRef, stopped: MediaStopped) => Promise<boolean>;
  assistantLeft: (call: CallRef, left: AssistantLeft) => Promise<LeaveAnswer | undefined>;
  checkpoint: (call: CallRef, checkpoint: Checkpoint) => Promise<boolean>;
  prepareHandover: (call: CallRef, plan: HandoverPlan) => Promise<HandoverReadiness | undefined>;
  sensitiveEntry: (call: CallRef, entry: SensitiveEntry) => Promise<boolean>;
  runTool: (input: ToolCallInput) => Promise<ToolResult>;
  /** Milliseconds since 1970. */
  wallMs: () => number;
  log: Logger;
}

/** Binds what sessions need to one call and epoch. */
export function createCallLine(deps: CallLineDeps) {
  return ({ tenantId, callId, epoch }: SessionStart, allowedPrivateHosts: readonly string[]): CallLine => {
    const call = { tenantId, callId };
    return {
      async readMemory() {
        const [left, turns] = await Promise.all([deps.readForReattach(call), deps.readTurns(call)]);
        return { turns, ...(left?.resumption ? { handle: handleFrom(left.resumption.handle) } : {}) };
      },
      async writeTurns(turns) {
        const { refused } = await deps.writeTurns(tenantId, callId, turns);
        if (refused.length > 0)
          deps.log.warn({ callId, epoch, refused: refused.length }, 'turns of an epoch that is over');
      },
      storeHandle: async (handle) =>
        void (await deps.storeResumptionHandle({ ...call, epoch, handle: JSON.stringify(handle) })),
      tellStopped: (stopped) => deps.mediaStopped(call, { epoch, ...stopped }),
      askNext: (left) => deps.assistantLeft(call, { epoch, ...left }),
      storeOutcome: async (stopped) => void (await deps.storeOutcome({ ...call, epoch, ...stopped })),
      checkpoint: (lastSeq) => deps.checkpoint(call, { epoch, lastSeq }),
      sensitiveEntry: (entry) => deps.sensitiveEntry(call, { epoch, ...entry }),
      prepareHandover: (successor) => deps.prepareHandover(call, { epoch, successor }),
      handOver: (lastSeq, heardUntilMs) =>
        deps.checkpoint(call, {
          epoch,
          lastSeq,
          isHandover: true,
          ...(heardUntilMs !== undefined && { heardUntilMs }),
        }),
      writeCosts(usage) {
        const pricedOn = new Date(deps.wallMs()).toISOString().slice(0, 10);
        return deps.writeCosts({ ...call, entries: costLines(usage, epoch, pricedOn) });
      },
      runTool: ({ functionCallId, tool, args }) =>
        deps.runTool({ ...call, epoch, functionCallId, tool, args, allowedPrivateHosts }),
    };
  };
}

/** A handle as it was stored, with whose it is. What an earlier version stored is the handle alone. */
function handleFrom(stored: string): VisitHandle {
  try {
    const kept: unknown = JSON.parse(stored);
    if (typeof kept !== 'object' || kept === null || !('handle' in kept) || typeof kept.handle !== 'string')
      return { handle: stored };
    const visit = 'visit' in kept && typeof kept.visit === 'number' ? { visit: kept.visit } : {};
    return { handle: kept.handle, ...visit };
  } catch {
    return { handle: stored };
  }
}
