import type { Decision } from '../state.ts';
import type { Stay } from './call-run.ts';

/** A node as paths name it. */
export function placeOf({ nodeId, subflow }: { nodeId: string; subflow?: string }): string {
  return subflow === undefined ? nodeId : `${subflow}/${nodeId}`;
}

/** The stays that a call's decisions tell of, in order. Each node that is entered has a step number of its own. */
export function staysOf(decisions: readonly Decision[]): Stay[] {
  const stays: (Stay & { events: string[] })[] = [];
  /** Stays at `subflow` nodes that wait for a return. */
  const open: (Stay & { events: string[] })[] = [];
  let step = 0;
  let returned = false;
  for (const decision of decisions) {
    const { outcome, wentTo, because, atMs, rule } = decision;
    // A machine may take a call before its flow has made a step.
    if (decision.step > step || stays.length === 0) {
      step = decision.step;
      const enteredAtMs = atMs - decision.durationMs;
      const { nodeType } = decision;
      stays.push({ node: placeOf(decision), nodeType, events: [], enteredAtMs, leftAtMs: atMs });
    }
    const stay = returned ? open.pop() : stays.at(-1);
    returned = rule === 'return';
    if (!stay) continue;
    stay.leftAtMs = atMs;
    if (rule === 'ignored') stay.events.push(`ignored: ${because ?? outcome}`);
    else if (rule === 'waits') {
      if (decision.because !== undefined) stay.events.push(decision.because);
    } else if (rule === 'subflow') open.push(stay);
    else Object.assign(stay, { outcome, wentTo, ...(because !== undefined && { because }) });
  }
  return stays;
}
