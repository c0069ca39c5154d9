import type { Bilingual } from '../bilingual.ts';

/** What is wrong with a template, and where in its source; both counted from 1. */
export interface TemplateProblem {
  code:
    | 'syntax'
    | 'unsupported-tag'
    | 'unsupported-value'
    | 'unknown-filter'
    | 'filter-arguments'
    | 'bad-name'
    | 'too-long'
    | 'too-deep';
  line: number;
  column: number;
  message: Bilingual;
}

/** Collects problems by offset in the source. */
export type Complain = (code: TemplateProblem['code'], offset: number, en: string, cs: string) => void;

export function positionOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}
