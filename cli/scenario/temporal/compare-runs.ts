import type { CallRun } from '../../../contracts/flow/scenario/call-run.ts';
import { placeOf } from '../../../contracts/flow/scenario/stays.ts';
import type { Decision } from '../../../contracts/flow/state.ts';
import type { Json } from '../../../contracts/tools.ts';
import type { TemporalRun } from './play-on-temporal.ts';

/** Something in which the engine and the workflow differ. */
export interface Difference {
  what: string;
  engine: string;
  workflow: string;
}

/** Path, words, outcome and variables: what must be the same both ways. Times are the engine's alone. */
export function compareRuns(engine: CallRun, workflow: TemporalRun): Difference[] {
  const differences: Difference[] = [];
  const hold = (what: string, one: Json | undefined, other: Json | undefined): void => {
    const [a, b] = [JSON.stringify(one ?? null), JSON.stringify(other ?? null)];
    if (a !== b) differences.push({ what, engine: a, workflow: b });
  };
  if (workflow.parted !== undefined) hold('what comes next', null, workflow.parted);
  const steps = Math.max(engine.decisions.length, workflow.decisions.length);
  for (let i = 0; i < steps && differences.length === 0; i++)
    hold(`decision ${i + 1}`, stepOf(engine.decisions[i]), stepOf(workflow.decisions[i]));
  const words = (run: { heard: readonly { text: string; promptId?: string }[] }) =>
    run.heard.map(({ text, promptId }) => (promptId === undefined ? text : { promptId }));
  hold('what is said', words(engine), words(workflow));
  hold('the outcome', engine.outcome, workflow.outcome);
  return differences;
}

/** What of a step is the same whenever it was made. */
function stepOf(decision: Decision | undefined): Json {
  if (!decision) return null;
  const { nodeId, subflow, outcome, wentTo, rule, set = {} } = decision;
  return { node: placeOf({ nodeId, subflow }), outcome, wentTo, rule, set };
}
