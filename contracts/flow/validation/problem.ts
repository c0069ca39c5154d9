import type { Json } from '../../tools.ts';
import type { Bilingual } from '../bilingual.ts';

/**
 * What can be wrong with a flow, and how bad it is: an error blocks publishing. A code is stable: studio, API and tests
 * know it by its name; it is retired, never used again for something else.
 */
export const problemCodes = {
  'wrong-shape': 'error',
  'unknown-node-type': 'error',
  'bad-node-id': 'error',
  'no-start': 'error',
  'fault-to-nowhere': 'error',
  'unknown-zone': 'error',
  'edge-to-nowhere': 'error',
  'unknown-outcome': 'error',
  'outcome-without-edge': 'warning',
  'unreachable-node': 'warning',
  'no-way-to-end': 'error',
  'loop-without-waiting': 'error',
  'bad-node': 'error',
  'odd-node': 'warning',
  'bad-text': 'error',
  'bad-condition': 'error',
  'bad-value': 'error',
  'language-missing': 'warning',
  'language-unknown': 'warning',
  'unknown-variable': 'error',
  'variable-never-set': 'error',
  'variable-maybe-unset': 'warning',
  'unknown-reference': 'error',
  'prompt-language-missing': 'warning',
  'menu-without-silence-way': 'warning',
  'menu-without-wrong-input-way': 'warning',
  'overlapping-digits': 'error',
  'calendar-never-open': 'error',
  'calendar-always-open': 'warning',
  'calendar-broken': 'error',
  'calendar-odd': 'warning',
  'transfer-to-own-number': 'error',
  'secret-in-clear-text': 'error',
  'sensitive-copied': 'error',
  'subflow-calls-itself': 'error',
  'unknown-version': 'error',
  'not-live-yet': 'error',
} as const satisfies Record<string, 'error' | 'warning'>;

export type ProblemCode = keyof typeof problemCodes;
export type Severity = (typeof problemCodes)[ProblemCode];

/** RFC 6902, on the flow's document. */
export type PatchOperation = { op: 'add' | 'replace'; path: string; value: Json } | { op: 'remove'; path: string };

/** One thing that is wrong with a flow, with the place where it can be mended. */
export interface Problem {
  code: ProblemCode;
  severity: Severity;
  /** Absent where it is about the flow as a whole. */
  nodeId?: string;
  /** JSON pointer in the document to what is wrong; empty where it is the whole. */
  at: string;
  /** The outcome whose edge it is about. */
  outcome?: string;
  message: Bilingual;
  /** Changes that mend it without changing what callers meet. */
  fix?: readonly PatchOperation[];
}

export function problem(
  code: ProblemCode,
  where: Pick<Problem, 'nodeId' | 'outcome'> & { at?: string },
  en: string,
  cs: string,
  fix?: readonly PatchOperation[],
): Problem {
  const { nodeId, outcome, at = nodeId === undefined ? '' : pointer('nodes', nodeId) } = where;
  return {
    code,
    severity: problemCodes[code],
    ...(nodeId !== undefined && { nodeId }),
    at,
    ...(outcome !== undefined && { outcome }),
    message: { en, cs },
    ...(fix && { fix }),
  };
}

/** A JSON pointer (RFC 6901) of these steps. */
export function pointer(...steps: readonly (string | number)[]): string {
  let text = '';
  for (const step of steps) text += typeof step === 'number' ? `/${step}` : `/${escaped(step)}`;
  return text;
}

function escaped(step: string): string {
  return step.includes('~') || step.includes('/') ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step;
}
