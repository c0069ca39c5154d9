/**
 * Judges a flow before it is published, in the editor and on the server alike. The shape first; a flow of the right shape
 * by all rules at once, so that an admin sees everything that is wrong with it.
 */
import { AppError } from '../errors.ts';
import type { FlowDocument } from './document.ts';
import { viewOf } from './validation/flow-view.ts';
import type { Problem } from './validation/problem.ts';
import type { Rule } from './validation/rule.ts';
import { asking } from './validation/rules/asking.ts';
import { busyLoop } from './validation/rules/busy-loop.ts';
import { calendars } from './validation/rules/calendars.ts';
import { conditions } from './validation/rules/conditions.ts';
import { edges } from './validation/rules/edges.ts';
import { frame } from './validation/rules/frame.ts';
import { missingEdges } from './validation/rules/missing-edges.ts';
import { notLive } from './validation/rules/not-live.ts';
import { noWayToEnd } from './validation/rules/no-way-to-end.ts';
import { ownChecks } from './validation/rules/own-checks.ts';
import { references } from './validation/rules/references.ts';
import { secrets } from './validation/rules/secrets.ts';
import { sensitiveCopies } from './validation/rules/sensitive-copies.ts';
import { subflows } from './validation/rules/subflows.ts';
import { texts } from './validation/rules/texts.ts';
import { transfers } from './validation/rules/transfers.ts';
import { unreachable } from './validation/rules/unreachable.ts';
import { unknownVariables } from './validation/rules/unknown-variables.ts';
import { unfittingValues } from './validation/rules/unfitting-values.ts';
import { unsetVariables } from './validation/rules/unset-variables.ts';
import { hasFlowShape, shapeProblems } from './validation/shape.ts';
import type { ValidationContext } from './validation/validation-context.ts';

const rules: readonly Rule[] = [
  frame,
  ownChecks,
  edges,
  missingEdges,
  unreachable,
  noWayToEnd,
  busyLoop,
  asking,
  texts,
  conditions,
  unfittingValues,
  unknownVariables,
  unsetVariables,
  references,
  calendars,
  transfers,
  subflows,
  secrets,
  sensitiveCopies,
  notLive,
];

/** Everything that is wrong with a flow, errors first. Without errors it can be published, and compiles. */
export function validate(flow: unknown, context: ValidationContext): readonly Problem[] {
  if (!hasFlowShape(flow)) return shapeProblems(flow);
  return judge(flow, context);
}

/** The document, or one `flow-invalid` that names every error. */
export function readFlowDocument(json: unknown, context: ValidationContext): FlowDocument {
  const errors = validate(json, context).filter(({ severity }) => severity === 'error');
  if (errors.length === 0 && hasFlowShape(json)) return json;
  throw new AppError(
    'flow-invalid',
    `the flow cannot be published:\n${errors.map(({ at, message }) => `  ${at || 'flow'}: ${message.en}`).join('\n')}`,
  );
}

function judge(flow: FlowDocument, context: ValidationContext): readonly Problem[] {
  const view = viewOf(flow, context);
  const problems = rules.flatMap((rule) => rule(view));
  return [
    ...problems.filter(({ severity }) => severity === 'error'),
    ...problems.filter(({ severity }) => severity === 'warning'),
  ];
}
