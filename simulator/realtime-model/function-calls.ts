import type { ToolCallScript } from '../scenarios/scenario.ts';
import type { DeclaredTool } from './check-setup.ts';
import type { ToolAnswer } from './client-messages.ts';
import type { ConversationOutput } from './conversation.ts';
import { createDelays } from './delays.ts';
import type { TrapSet } from './model-traps.ts';

/** A function that waits for its answer. */
export interface PendingCall {
  readonly id: string | undefined;
  readonly name: string;
  readonly blocking: boolean;
}

/** The functions that a conversation has called and that wait for their answers. */
export interface FunctionCalls {
  readonly count: number;
  /** Whether one of them holds its turn open. */
  readonly blocking: boolean;
  readonly nextDueMs: number;
  tick(atMs: number): void;
  call(call: ToolCallScript, tool: DeclaredTool, atMs: number): void;
  /** The call that this answer ends; undefined where it ends none. */
  take(answer: ToolAnswer, atMs: number): PendingCall | undefined;
  /** Cancels those that hold a turn open. */
  cancelBlocking(): void;
}

export interface FunctionCallDeps {
  readonly output: Pick<ConversationOutput, 'toolCall' | 'toolCallCancellation' | 'sprung'>;
  readonly traps: TrapSet;
  readonly newId: () => string;
}

const cancelledAfterMs = 150;
const repeatedAfterMs = 550;
const lateCancellationMs = 50;

export function createFunctionCalls({ output, traps, newId }: FunctionCallDeps): FunctionCalls {
  const delays = createDelays();
  let pending: readonly PendingCall[] = [];

  const make = (id: string | undefined, { name, args }: ToolCallScript, blocking: boolean): void => {
    pending = [...pending, { id, name, blocking }];
    output.toolCall([{ id, name, args }]);
  };

  return {
    get count() {
      return pending.length;
    },
    get blocking() {
      return pending.some((call) => call.blocking);
    },
    get nextDueMs() {
      return delays.nextDueMs;
    },
    tick: (atMs) => delays.run(atMs),
    call(call, { blocking }, atMs) {
      const bare = traps.take('tool-call-without-id');
      const id = bare ? undefined : newId();
      if (bare) output.sprung('tool-call-without-id');
      make(id, call, blocking);
      if (traps.take('duplicate-tool-call')) {
        output.sprung('duplicate-tool-call');
        make(newId(), call, blocking);
      }
      if (id !== undefined && traps.take('tool-call-cancellation')) {
        output.sprung('tool-call-cancellation');
        delays.at(atMs + cancelledAfterMs, () => {
          output.toolCallCancellation([id]);
          pending = pending.filter((one) => one.id !== id);
        });
        delays.at(atMs + repeatedAfterMs, () => make(newId(), call, blocking));
      }
    },
    take(answer, atMs) {
      const call =
        pending.find((one) => one.id === answer.id) ??
        pending.find((one) => one.id === undefined && one.name === answer.name);
      if (!call || answer.willContinue) return undefined;
      // A doubled call needs one answer only.
      pending = pending.filter((one) => one.name !== call.name);
      const { id } = call;
      if (id !== undefined && traps.take('late-tool-cancellation')) {
        output.sprung('late-tool-cancellation');
        delays.at(atMs + lateCancellationMs, () => output.toolCallCancellation([id]));
      }
      return call;
    },
    cancelBlocking() {
      const ids = pending.flatMap((call) => (call.blocking && call.id !== undefined ? [call.id] : []));
      pending = pending.filter((call) => !call.blocking);
      if (ids.length > 0) output.toolCallCancellation(ids);
    },
  };
}
