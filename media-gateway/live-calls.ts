import type { CallSession } from './session/call-session.ts';

/** The calls that this gateway holds, and those that it has ended but not yet brought to storage. */
export interface LiveCalls {
  /** A newer epoch of the same call takes the place of an older one, whose stream is then over. */
  add(callId: string, session: CallSession): void;
  get(callId: string): CallSession | undefined;
  remove(callId: string, session: CallSession): void;
  count(): number;
  all(): CallSession[];
  /** Resolves when no call is left. */
  empty(): Promise<void>;
}

export function createLiveCalls(): LiveCalls {
  const byCall = new Map<string, CallSession>();
  const sessions = new Set<CallSession>();
  let whenEmpty: (() => void)[] = [];
  return {
    add(callId, session) {
      byCall.get(callId)?.streamLost(1000);
      byCall.set(callId, session);
      sessions.add(session);
    },
    get: (callId) => byCall.get(callId),
    remove(callId, session) {
      if (byCall.get(callId) === session) byCall.delete(callId);
      sessions.delete(session);
      if (sessions.size > 0) return;
      for (const resolve of whenEmpty) resolve();
      whenEmpty = [];
    },
    count: () => sessions.size,
    all: () => [...sessions],
    empty: async () => {
      if (sessions.size > 0) await new Promise<void>((resolve) => whenEmpty.push(resolve));
    },
  };
}
