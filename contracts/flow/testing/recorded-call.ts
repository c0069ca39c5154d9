/** Calls as the ledger holds them, made by playing flows in the engine. */
import type { CompiledFlow } from '../compiled.ts';
import { compileFlow } from '../compile.ts';
import type { FlowDocument } from '../document.ts';
import { advance } from '../engine.ts';
import type { FlowReferences } from '../references.ts';
import type { StoredCall } from '../replay/stored-call.ts';
import { type Decision, type EventDetail, type FlowEvent, initialFlowState } from '../state.ts';
import { started, startMs } from './play.ts';

export const callerNumber = '+420777123456';

/** An event a second after the last one. */
export function recordedCall(
  document: FlowDocument,
  events: readonly EventDetail[],
  { references = {}, fromMs = startMs }: { references?: Partial<FlowReferences>; fromMs?: number } = {},
): StoredCall & { flow: CompiledFlow } {
  const flow = compileFlow(document, { assistants: {}, ...references });
  const timed = [started, ...events].map((event, i) => ({ ...event, atMs: fromMs + 1000 * i }));
  return { ...recorded(flow, timed), flow };
}

/** What the database would give back of a call of these events: JSON, and no stays. */
export function recorded(flow: CompiledFlow, events: readonly FlowEvent[]): StoredCall {
  const decisions: Decision[] = [];
  let state = initialFlowState('cs-CZ');
  for (const event of events) {
    const step = advance(flow, state, event);
    ({ state } = step);
    decisions.push(...step.decisions);
  }
  return {
    callId: 'CA1',
    flowId: 'shop',
    flowVersion: 1,
    language: 'cs-CZ',
    callerNumber,
    decisions: JSON.parse(JSON.stringify(decisions)),
  };
}
