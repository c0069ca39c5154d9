/** The syntax of patterns: a subset of what JavaScript takes, read into a tree. */
import type { Bilingual } from '../bilingual.ts';

const maxGroupDepth = 10;

/** Inclusive ranges of code points; `not` turns them round. */
export interface CharacterSet {
  ranges: readonly (readonly [number, number])[];
  not: boolean;
}
export type Part =
  | { is: 'set'; set: CharacterSet }
  | { is: 'start' }
  | { is: 'end' }
  | { is: 'sequence'; parts: readonly Part[] }
  | { is: 'choice'; ways: readonly Part[] }
  | { is: 'repeat'; part: Part; min: number; max: number };

export class PatternError extends Error {
  readonly problem: Bilingual;

  constructor(en: string, cs: string) {
    super(en);
    this.name = 'PatternError';
    this.problem = { en, cs };
  }
}

/** Throws `PatternError` where the source is not of the subset. */
export function parsePattern(source: string): Part {
  return new PatternReader(source).read();
}

const digits: CharacterSet = { ranges: [[0x30, 0x39]], not: false };
const wordCharacters: CharacterSet = {
  ranges: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
  not: false,
};
const spaces: CharacterSet = {
  ranges: [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x2028, 0x2029],
    [0x202f, 0x202f],
  ],
  not: false,
};
const lineEnds: CharacterSet = {
  ranges: [
    [0x0a, 0x0a],
    [0x0d, 0x0d],
    [0x2028, 0x2029],
  ],
  not: false,
};
const turned = ({ ranges, not }: CharacterSet): CharacterSet => ({ ranges, not: !not });
const classes: Readonly<Record<string, CharacterSet>> = {
  d: digits,
  D: turned(digits),
  w: wordCharacters,
  W: turned(wordCharacters),
  s: spaces,
  S: turned(spaces),
};
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

class PatternReader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(source: string) {
    this.#characters = [...source];
  }

  read(): Part {
    const part = this.#choice(0);
    if (this.#at < this.#characters.length) throw new PatternError('a ")" has no "("', 'závorka „)“ nemá svou „(“');
    return part;
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(wanted: string): boolean {
    if (this.#peek() !== wanted) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw new PatternError('the pattern ends too early', 'vzor končí příliš brzy');
    return character;
  }

  #choice(depth: number): Part {
    if (depth > maxGroupDepth)
      throw new PatternError('groups are nested too deeply', 'skupiny jsou vnořeny příliš hluboko');
    const ways = [this.#sequence(depth)];
    while (this.#take('|')) ways.push(this.#sequence(depth));
    const [only] = ways;
    return ways.length === 1 && only ? only : { is: 'choice', ways };
  }

  #sequence(depth: number): Part {
    const parts: Part[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek())
      parts.push(this.#repeated(this.#atom(depth)));
    return { is: 'sequence', parts };
  }

  #atom(depth: number): Part {
    const character = this.#next();
    switch (character) {
      case '^':
        return { is: 'start' };
      case '$':
        return { is: 'end' };
      case '.':
        return { is: 'set', set: turned(lineEnds) };
      case '[':
        return { is: 'set', set: this.#class() };
      case '\\':
        return { is: 'set', set: this.#escape() };
      case '(':
        return this.#group(depth);
      case '*':
      case '+':
      case '?':
      case '{':
        throw new PatternError(
          `nothing stands before "${character}" that it could repeat`,
          `před „${character}“ není nic, co by se opakovalo`,
        );
      default:
        return literal(character);
    }
  }

  #group(depth: number): Part {
    if (this.#take('?') && !this.#take(':'))
      throw new PatternError(
        'look-around and named groups are not supported',
        'pohledy vpřed a vzad a pojmenované skupiny nejsou podporovány',
      );
    const part = this.#choice(depth + 1);
    if (!this.#take(')')) throw new PatternError('a "(" is not closed', 'závorka „(“ není uzavřena');
    return part;
  }

  #repeated(part: Part): Part {
    const bounds = this.#bounds();
    if (!bounds) return part;
    if (part.is === 'start' || part.is === 'end')
      throw new PatternError('"^" and "$" cannot be repeated', '„^“ a „$“ nelze opakovat');
    this.#take('?'); // lazy or greedy: the answer is the same
    if (this.#bounds()) throw new PatternError('a repetition is repeated', 'opakování se opakuje');
    return { is: 'repeat', part, ...bounds };
  }

  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity };
    if (this.#take('+')) return { min: 1, max: Infinity };
    if (this.#take('?')) return { min: 0, max: 1 };
    if (!this.#take('{')) return undefined;
    const min = this.#number();
    const max = !this.#take(',') ? min : this.#peek() === '}' ? Infinity : this.#number();
    if (!this.#take('}')) throw new PatternError('a "{" is not closed', 'závorka „{“ není uzavřena');
    if (min > max) throw new PatternError('a repetition has its bounds reversed', 'opakování má prohozené meze');
    return { min, max };
  }

  #number(): number {
    let text = '';
    for (let next = this.#peek(); next !== undefined && /\d/.test(next); next = this.#peek()) text += this.#next();
    if (text === '') throw new PatternError('a repetition needs a number', 'opakování potřebuje číslo');
    const value = Number(text);
    if (value > 100)
      throw new PatternError('a repetition may count to 100 at most', 'opakování smí být nejvýše stonásobné');
    return value;
  }

  #escape(): CharacterSet {
    const character = this.#next();
    const named = Object.hasOwn(classes, character) ? classes[character] : undefined;
    if (named) return named;
    const control = Object.hasOwn(controls, character) ? controls[character] : undefined;
    if (control !== undefined) return setOf(control);
    if (/[a-zA-Z0-9]/.test(character))
      throw new PatternError(`"\\${character}" is not supported`, `„\\${character}“ není podporováno`);
    return setOf(character);
  }

  #class(): CharacterSet {
    const not = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    while (!this.#take(']')) {
      const low = this.#classMember();
      const dash = this.#peek() === '-' && this.#characters[this.#at + 1] !== ']';
      if (!dash) {
        ranges.push(...positive(low));
        continue;
      }
      this.#at++;
      ranges.push(rangeOf(low, this.#classMember()));
    }
    return { ranges, not };
  }

  #classMember(): CharacterSet {
    const character = this.#next();
    return character === '\\' ? this.#escape() : setOf(character);
  }
}

const literal = (character: string): Part => ({ is: 'set', set: setOf(character) });

function setOf(character: string): CharacterSet {
  const codePoint = character.codePointAt(0) ?? 0;
  return { ranges: [[codePoint, codePoint]], not: false };
}

function rangeOf(low: CharacterSet, high: CharacterSet): readonly [number, number] {
  const from = single(low);
  const to = single(high);
  if (from === undefined || to === undefined || from > to)
    throw new PatternError('a range in [...] is not one', 'rozsah v [...] není rozsahem');
  return [from, to];
}

function single({ ranges, not }: CharacterSet): number | undefined {
  const [range] = ranges;
  return !not && ranges.length === 1 && range && range[0] === range[1] ? range[0] : undefined;
}

/** The ranges of a set without `not`. */
function positive({ ranges, not }: CharacterSet): readonly (readonly [number, number])[] {
  if (!not) return ranges;
  const outside: (readonly [number, number])[] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) outside.push([from, low - 1]);
    from = high + 1;
  }
  outside.push([from, 0x10ffff]);
  return outside;
}
