import { AppError } from '../contracts/errors.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import { type Coverage, coverageOf } from '../contracts/flow/scenario/coverage.ts';
import { readScenario } from '../contracts/flow/scenario/read-scenario.ts';
import { runScenario, type ScenarioResult } from '../contracts/flow/scenario/run-scenario.ts';
import { validate } from '../contracts/flow/validate.ts';
import type { Problem } from '../contracts/flow/validation/problem.ts';
import { hasFlowShape } from '../contracts/flow/validation/shape.ts';
import type { ValidationContext } from '../contracts/flow/validation/validation-context.ts';
import type { FlowScenarios } from './flow-scenarios.ts';

/** What there is to say of a flow before it is published. */
export interface FlowCheck {
  /** Errors first. */
  problems: readonly Problem[];
  /** Of each scenario; none where the flow cannot even be compiled. */
  scenarios: readonly PlayedScenario[];
  /** What the scenarios reach; absent where none was played. */
  coverage?: Coverage;
  /** Absent where it cannot be published. */
  compiled?: CompiledFlow;
}

export type PlayedScenario = { scenarioId: string; ok: boolean } & (
  | { result: ScenarioResult }
  /** It could not be played. */
  | { fault: string }
);

/** Everything that stands in the way of publishing; the problems are told in both languages. */
export class FlowRefused extends AppError {
  readonly problems: readonly Problem[];
  readonly failedScenarios: readonly PlayedScenario[];

  constructor(flowId: string, { problems, scenarios }: Pick<FlowCheck, 'problems' | 'scenarios'>) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    const failed = scenarios.filter(({ ok }) => !ok);
    const lines = [
      ...errors.map(({ at, message }) => `  ${at || 'flow'}: ${message.en}`),
      ...failed.map((played) => `  scenario ${played.scenarioId}: ${firstFailureOf(played)}`),
    ];
    super('flow-invalid', [`the flow ${flowId} cannot be published:`, ...lines].join('\n'));
    this.problems = problems;
    this.failedScenarios = failed;
  }
}

/** Judges a document, compiles it and plays its scenarios. What calls cannot do yet is an error, but scenarios can do it. */
export function judgeFlow(document: unknown, context: ValidationContext, scenarios: FlowScenarios): FlowCheck {
  const problems = validate(document, context);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.some(({ code }) => code !== 'not-live-yet') || !hasFlowShape(document)) return { problems, scenarios: [] };
  const compiled = compileFlow(document, context);
  const played = Object.entries(scenarios).map(([scenarioId, json]) => play(compiled, scenarioId, json));
  const results = played.flatMap((each) => ('result' in each ? [each.result] : []));
  return {
    problems,
    scenarios: played,
    ...(results.length > 0 && { coverage: coverageOf(compiled, results) }),
    ...(errors.length === 0 && played.every(({ ok }) => ok) && { compiled }),
  };
}

function play(flow: CompiledFlow, scenarioId: string, json: unknown): PlayedScenario {
  try {
    const result = runScenario(flow, readScenario(json));
    return { scenarioId, ok: result.ok, result };
  } catch (failure) {
    if (failure instanceof AppError) return { scenarioId, ok: false, fault: failure.message };
    throw failure;
  }
}

function firstFailureOf(played: PlayedScenario): string {
  if ('fault' in played) return played.fault;
  const [failure] = played.result.calls.flatMap(({ failures }) => failures);
  return failure ? `${failure.at}: expected ${failure.expected}, came ${failure.came}` : '';
}
