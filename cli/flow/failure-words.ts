import { isDeepStrictEqual } from 'node:util';
import type { AppError } from '../../contracts/errors.ts';
import { diffFlows } from '../../contracts/flow/diff/diff-flows.ts';
import { diffWords } from '../../contracts/flow/diff/diff-words.ts';
import { FlowRefused } from '../../db/flow-judgement.ts';
import type { FlowScenarios } from '../../db/flow-scenarios.ts';
import { DraftConflict } from '../../db/flows.ts';
import { problemLines, scenarioLines } from './judgement-words.ts';

/** What went wrong, and what to do now. */
export function failureLines(failure: AppError, language: 'en' | 'cs'): string[] {
  if (failure instanceof FlowRefused) {
    const [head = ''] = failure.message.split('\n');
    return [head, ...problemLines(failure.problems, language), ...failure.failedScenarios.flatMap(scenarioLines)];
  }
  if (failure instanceof DraftConflict) return conflictLines(failure, language);
  return failure.message.split('\n');
}

export function failureJson(failure: AppError): object {
  const { code, message } = failure;
  if (failure instanceof FlowRefused) {
    const { problems, failedScenarios } = failure;
    return { ok: false, code, message, problems, failedScenarios };
  }
  if (failure instanceof DraftConflict) {
    const { stored, yours, yourScenarios, base } = failure;
    return { ok: false, code, message, stored, yours, ...(yourScenarios && { yourScenarios }), ...(base && { base }) };
  }
  return { ok: false, code, message };
}

function conflictLines({ stored, yours, yourScenarios, base }: DraftConflict, language: 'en' | 'cs'): string[] {
  const { flowId, revision, document, savedBy = 'somebody' } = stored;
  const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
  return [
    `${savedBy} has saved revision ${revision} of the draft of ${flowId} meanwhile; nothing was stored.`,
    ...(base
      ? [
          'What they changed:',
          ...indented(diffWords(diffFlows(base, document), language)),
          'What you changed:',
          ...indented(diffWords(diffFlows(base, yours), language)),
        ]
      : ['From theirs to yours:', ...indented(diffWords(diffFlows(document, yours), language))]),
    ...otherScenarios(stored.scenarios, yourScenarios),
    `To see theirs: npm run flow -- export ${flowId} --version draft`,
    `To put yours in its place: the same command with --base ${revision}`,
  ];
}

function otherScenarios(theirs: FlowScenarios, yours: FlowScenarios = theirs): string[] {
  const ids = [...new Set([...Object.keys(theirs), ...Object.keys(yours)])];
  const others = ids.filter((id) => !isDeepStrictEqual(theirs[id], yours[id]));
  return others.length > 0 ? [`Scenarios that are not the same: ${others.toSorted().join(', ')}`] : [];
}
