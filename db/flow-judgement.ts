import { AppError } from '../contracts/errors.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import { validate } from '../contracts/flow/validate.ts';
import type { Problem } from '../contracts/flow/validation/problem.ts';
import { hasFlowShape } from '../contracts/flow/validation/shape.ts';
import type { ValidationContext } from '../contracts/flow/validation/validation-context.ts';
import type { FlowScenarios } from './flow-scenarios.ts';

/** What there is to say of a flow before it is published. */
export interface FlowCheck {
  /** Errors first. */
  problems: readonly Problem[];
  /** Absent where it cannot be published. */
  compiled?: CompiledFlow;
}

/** Everything that stands in the way of publishing, in both languages; see `problems` and `failedScenarios`. */
export class FlowRefused extends AppError {
  readonly problems: readonly Problem[];

  constructor(flowId: string, { problems }: Omit<FlowCheck, 'compiled'>) {
    const errors = problems.filter(({ severity }) => severity === 'error');
    const lines = errors.map(({ at, message }) => `  ${at || 'flow'}: ${message.en}`);
    super('flow-invalid', [`the flow ${flowId} cannot be published:`, ...lines].join('\n'));
    this.problems = problems;
  }
}

/** Judges, compiles and plays the scenarios of a document; pure. */
export function judgeFlow(document: unknown, context: ValidationContext, _scenarios: FlowScenarios): FlowCheck {
  const problems = validate(document, context);
  if (problems.some(({ severity }) => severity === 'error') || !hasFlowShape(document)) return { problems };
  return { problems, compiled: compileFlow(document, context) };
}
