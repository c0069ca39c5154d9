import type { CompiledFlow } from '../../../contracts/flow/compiled.ts';
import type { ScenarioResult } from '../../../contracts/flow/scenario/run-scenario.ts';
import type { Scenario } from '../../../contracts/flow/scenario/read-scenario.ts';
import { compareRuns, type Difference } from './compare-runs.ts';
import { playOnTemporal } from './play-on-temporal.ts';
import type { ScenarioStage } from './scenario-stage.ts';

/** Something in which a scenario's call, counted from 0, is not the same both ways. */
export type ScenarioDifference = Difference & { call: number };

/** Plays all calls of a scenario through the workflow of calls, side by side, and holds each to what the engine made of it. */
export async function compareScenario(
  stage: ScenarioStage,
  { flow, scenario }: { flow: CompiledFlow; scenario: Scenario },
  { calls }: ScenarioResult,
): Promise<ScenarioDifference[]> {
  const compared = scenario.calls.map(async (call, i) => {
    const engine = calls[i]?.run;
    // What the scenario does not say, the workflow cannot be told either.
    if (!engine || engine.missing !== undefined) return [];
    const differences = compareRuns(engine, await playOnTemporal(stage, flow, call, engine));
    return differences.map((difference) => ({ call: i, ...difference }));
  });
  return (await Promise.all(compared)).flat();
}
