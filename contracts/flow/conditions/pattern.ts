/**
 * A regular expression that cannot run away: a subset of the usual syntax, matched by following all ways at once
 * (Thompson's construction), so that the time is at most length of the text times length of the program. Look-around,
 * back-references, `\b` and `\p` are not in it. The engine of JavaScript backtracks, and the ports of RE2 take
 * milliseconds to compile a pattern, which is too long inside a workflow.
 */
import type { Bilingual } from '../bilingual.ts';
import { type CharacterSet, type Part, parsePattern, PatternError } from './pattern-syntax.ts';

const maxProgramLength = 500;
/** What is matched at most; longer text is judged by its beginning. */
export const maxMatchedLength = 256;

type Instruction =
  | { do: 'character'; set: CharacterSet }
  | { do: 'fork'; ways: readonly number[] }
  | { do: 'start' }
  | { do: 'end' }
  | { do: 'matched' };

/** A pattern that is ready to match. */
export interface Pattern {
  readonly program: readonly Instruction[];
}

/** The pattern, or what is malformed in it, outside the subset, or too long. */
export function compilePattern(source: string): { pattern: Pattern } | { problem: Bilingual } {
  try {
    const program: Instruction[] = [];
    emit(parsePattern(source), program);
    program.push({ do: 'matched' });
    return { pattern: { program } };
  } catch (error) {
    if (error instanceof PatternError) return { problem: error.problem };
    throw error;
  }
}

/** Whether the pattern matches anywhere in the text, as `RegExp.test` does. */
export function matchesPattern({ program }: Pattern, text: string): boolean {
  const characters = Array.from(text.slice(0, maxMatchedLength));
  let threads = new Set<number>();
  for (let at = 0; ; at++) {
    follow(program, 0, at, characters.length, threads);
    for (const thread of threads) if (program[thread]?.do === 'matched') return true;
    const codePoint = characters[at]?.codePointAt(0);
    if (codePoint === undefined) return false;
    const next = new Set<number>();
    for (const thread of threads) {
      const instruction = program[thread];
      if (instruction?.do === 'character' && isIn(instruction.set, codePoint))
        follow(program, thread + 1, at + 1, characters.length, next);
    }
    threads = next;
  }
}

/** Adds all instructions that are reached from one without taking a character. */
function follow(program: readonly Instruction[], from: number, at: number, length: number, threads: Set<number>): void {
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (threads.has(index)) continue;
    threads.add(index);
    const instruction = program[index];
    if (instruction?.do === 'fork') open.push(...instruction.ways);
    if (instruction?.do === 'start' && at === 0) open.push(index + 1);
    if (instruction?.do === 'end' && at === length) open.push(index + 1);
  }
}

function isIn({ ranges, not }: CharacterSet, codePoint: number): boolean {
  return ranges.some(([low, high]) => codePoint >= low && codePoint <= high) !== not;
}

function emit(part: Part, program: Instruction[]): void {
  if (program.length > maxProgramLength)
    throw new PatternError(
      'the pattern is too long once its repetitions are written out',
      'vzor je po rozepsání opakování příliš dlouhý',
    );
  switch (part.is) {
    case 'set':
      program.push({ do: 'character', set: part.set });
      return;
    case 'start':
    case 'end':
      program.push({ do: part.is });
      return;
    case 'sequence':
      for (const each of part.parts) emit(each, program);
      return;
    case 'choice':
      return emitChoice(part.ways, program);
    case 'repeat':
      return emitRepeat(part, program);
  }
}

function emitChoice(ways: readonly Part[], program: Instruction[]): void {
  const fork = program.length;
  program.push({ do: 'fork', ways: [] });
  const starts: number[] = [];
  const exits: number[] = [];
  for (const way of ways) {
    starts.push(program.length);
    emit(way, program);
    exits.push(program.length);
    program.push({ do: 'fork', ways: [] });
  }
  program[fork] = { do: 'fork', ways: starts };
  for (const exit of exits) program[exit] = { do: 'fork', ways: [program.length] };
}

function emitRepeat({ part, min, max }: Extract<Part, { is: 'repeat' }>, program: Instruction[]): void {
  for (let count = 0; count < min; count++) emit(part, program);
  if (max === Infinity) {
    const fork = program.length;
    program.push({ do: 'fork', ways: [] });
    emit(part, program);
    program.push({ do: 'fork', ways: [fork] });
    program[fork] = { do: 'fork', ways: [fork + 1, program.length] };
    return;
  }
  const forks: number[] = [];
  for (let count = min; count < max; count++) {
    forks.push(program.length);
    program.push({ do: 'fork', ways: [] });
    emit(part, program);
  }
  for (const fork of forks) program[fork] = { do: 'fork', ways: [fork + 1, program.length] };
}
