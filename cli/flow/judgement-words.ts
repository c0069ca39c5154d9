/** What there is to say of a flow before it is published, a line each. */
import type { Problem } from '../../contracts/flow/validation/problem.ts';
import type { FlowCheck, PlayedScenario } from '../../db/flow-judgement.ts';
import { coverageLines, linesOf } from '../scenario/scenario-report.ts';

const severities = {
  en: { error: 'error  ', warning: 'warning' },
  cs: { error: 'chyba  ', warning: 'výstraha' },
} as const;

export function problemLines(problems: readonly Problem[], language: 'en' | 'cs'): string[] {
  return problems.map(
    ({ severity, at, code, message }) =>
      `  ${severities[language][severity]} ${at || '/'}: ${message[language]} [${code}]`,
  );
}

export function scenarioLines(played: PlayedScenario): string[] {
  const { scenarioId: file, ok } = played;
  if ('fault' in played) return linesOf({ file, name: '', ok, fault: played.fault }).map((line) => `  ${line}`);
  const { result } = played;
  return linesOf({ file, name: result.name, ok, result }).map((line) => `  ${line}`);
}

export function checkLines(name: string, check: FlowCheck, language: 'en' | 'cs'): string[] {
  const { problems, scenarios, coverage, compiled } = check;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const failed = scenarios.filter(({ ok }) => !ok).length;
  const counts = [
    counted(errors, 'error'),
    counted(problems.length - errors, 'warning'),
    `${counted(scenarios.length - failed, 'scenario')} passed`,
    `${failed} failed`,
  ];
  return [
    ...problemLines(problems, language),
    ...scenarios.flatMap(scenarioLines),
    ...(coverage ? coverageLines(name, coverage) : []),
    `${name}: ${counts.join(', ')}; ${compiled ? 'it can be published' : 'it cannot be published'}`,
  ];
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** The same for a program. */
export function checkJson({ problems, scenarios, coverage, compiled }: FlowCheck): Readonly<Record<string, unknown>> {
  return {
    canBePublished: compiled !== undefined,
    problems,
    scenarios: scenarios.map((played) => ({
      scenarioId: played.scenarioId,
      ok: played.ok,
      ...('fault' in played && { fault: played.fault }),
      ...('result' in played && { failures: played.result.calls.flatMap(({ failures }) => failures) }),
    })),
    ...(coverage && { coverage }),
  };
}
