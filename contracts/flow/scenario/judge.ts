/** Holds what came of a call to what was expected of it. */
import { isObject } from '../bounds.ts';
import { pointer } from '../validation/problem.ts';
import { isSameJson } from '../replay/same-json.ts';
import type { Json } from '../../tools.ts';
import { type CallRun, type Heard, written } from './call-run.ts';
import { matchPath } from './match-path.ts';
import type { ScenarioCall } from './read-scenario.ts';
import type { Bounds, SaidWords } from './scenario-schema.ts';

/** One expectation that was not met. */
export interface Failure {
  /** Where in the scenario it stands, as a JSON pointer. */
  at: string;
  /** The stay, counted from 0, at which it shows; absent where it is about the whole call. */
  stay?: number;
  expected: string;
  came: string;
}

export function judgeCall(run: CallRun, { expect, at: call }: ScenarioCall): Failure[] {
  const at = `${call}/expect`;
  return [
    ...(run.missing === undefined
      ? []
      : [{ at: call, stay: run.stays.length - 1, expected: 'a call that ends', came: run.missing }]),
    ...judgePath(run, expect.path, `${at}/path`),
    ...(expect.notThrough ?? []).flatMap((node, i) => judgeNotThrough(run, node, `${at}/notThrough/${i}`)),
    ...judgeSaid(run, expect.said ?? [], `${at}/said`),
    ...(expect.notSaid ?? []).flatMap((text, i) => judgeNotSaid(run, text, `${at}/notSaid/${i}`)),
    ...judgeValue(`${at}/outcome`, expect.outcome, run.outcome),
    ...Object.entries(expect.variables ?? {}).flatMap(([name, value]) =>
      judgeValue(`${at}/variables/${name}`, value, Object.hasOwn(run.variables, name) ? run.variables[name] : null),
    ),
    ...judgeValue(`${at}/language`, expect.language, run.language),
    ...judgeValue(`${at}/tags`, expect.tags?.toSorted(), run.tags.toSorted()),
    ...judgeEffects(run, expect, at),
    ...judgeTimes(run, expect.durationS, expect.staysS ?? {}, at),
  ];
}

function judgePath({ stays }: CallRun, path: readonly string[] | undefined, at: string): Failure[] {
  const miss = path && matchPath(path, stays);
  if (!miss) return [];
  const stay = stays[miss.stay];
  const came = stay ? `${stay.node}${stay.outcome === undefined ? '' : `: ${stay.outcome}`}` : 'the end of the call';
  return [{ at: `${at}/${miss.step}`, stay: Math.min(miss.stay, stays.length - 1), expected: miss.expected, came }];
}

function judgeNotThrough({ stays }: CallRun, node: string, at: string): Failure[] {
  const stay = stays.findIndex((each) => each.node === node);
  return stay < 0 ? [] : [{ at, stay, expected: `no way through ${node}`, came: node }];
}

/** Each is to be heard after the one before it. */
function judgeSaid({ heard, stays }: CallRun, said: readonly SaidWords[], at: string): Failure[] {
  let from = 0;
  for (const [i, words] of said.entries()) {
    const found = heard.findIndex((each, j) => j >= from && isHeard(each, words));
    if (found < 0) {
      const rest = heard.slice(from).filter(({ node }) => typeof words === 'string' || isAt(node, words.node));
      const came = rest.length === 0 ? 'nothing' : rest.map(quoted).join(', ');
      const node = typeof words === 'string' ? undefined : words.node;
      const stay = node === undefined ? -1 : stays.findIndex((each) => each.node === node);
      return [{ at: `${at}/${i}`, ...(stay >= 0 && { stay }), expected: saidWords(words), came }];
    }
    from = found + 1;
  }
  return [];
}

function isHeard({ node, text, promptId }: Heard, words: SaidWords): boolean {
  if (typeof words === 'string') return text.includes(words);
  if (!isAt(node, words.node)) return false;
  if (words.prompt !== undefined) return promptId === words.prompt;
  return words.equals === undefined ? text.includes(words.contains ?? '') : text === words.equals;
}

const isAt = (node: string, wanted: string | undefined): boolean => wanted === undefined || node === wanted;

function saidWords(words: SaidWords): string {
  if (typeof words === 'string') return `words with "${words}"`;
  const { node, contains, equals, prompt } = words;
  const place = node === undefined ? '' : ` at ${node}`;
  if (prompt !== undefined) return `the prompt "${prompt}"${place}`;
  return equals === undefined ? `words with "${contains}"${place}` : `"${equals}"${place}`;
}

function quoted({ text, promptId }: Heard): string {
  return promptId === undefined ? `"${text}"` : `the prompt "${promptId}"`;
}

function judgeNotSaid({ heard, stays }: CallRun, text: string, at: string): Failure[] {
  const found = heard.find((each) => each.text.includes(text));
  if (!found) return [];
  const stay = stays.findIndex(({ node }) => node === found.node);
  return [{ at, ...(stay >= 0 && { stay }), expected: `no words with "${text}"`, came: quoted(found) }];
}

function judgeEffects(run: CallRun, { tools, sms, notified }: ScenarioCall['expect'], at: string): Failure[] {
  const judged = <Wanted, Came>(
    field: string,
    wanted: readonly Wanted[] | undefined,
    came: readonly Came[],
    fits: (wanted: Wanted, came: Came) => boolean,
  ): Failure[] => {
    if (!wanted) return [];
    const i = wanted.findIndex((each, j) => j >= came.length || !came.some((one, k) => k === j && fits(each, one)));
    if (i < 0 && came.length <= wanted.length) return [];
    const place = i < 0 ? `${at}/${field}` : `${at}/${field}/${i}`;
    const expected = i < 0 ? `${wanted.length} of them` : JSON.stringify(wanted[i]);
    return [{ at: place, expected, came: JSON.stringify(i < 0 ? came : (came[i] ?? 'none')) }];
  };
  return [
    ...judged(
      'tools',
      tools,
      run.toolCalls,
      (wanted, { toolId, args }) =>
        toolId === wanted.tool && (wanted.arguments === undefined || isWithin(wanted.arguments, args)),
    ),
    ...judged('sms', sms, run.messages, (wanted, { to, text }) => (wanted.to ?? to) === to && isWritten(wanted, text)),
    ...judged('notified', notified, run.notices, (wanted, { to, text }) => {
      const names = 'webhookId' in to ? [to.webhookId] : to.people;
      return (wanted.to === undefined || names.includes(wanted.to)) && isWritten(wanted, text);
    }),
  ];
}

function isWritten({ contains = '', equals }: { contains?: string; equals?: string }, text: string): boolean {
  return text.includes(contains) && (equals === undefined || text === equals);
}

function judgeTimes(run: CallRun, whole: Bounds | undefined, each: Readonly<Record<string, Bounds>>, at: string) {
  const failures = judgeTime(`${at}/durationS`, whole, run.endedAtMs - run.startedAtMs);
  for (const [node, bounds] of Object.entries(each)) {
    const place = `${at}/staysS${pointer(node)}`;
    const found = run.stays.flatMap((stay, i) => (stay.node === node ? [{ stay, i }] : []));
    if (found.length === 0) failures.push({ at: place, expected: `a stay at ${node}`, came: 'none' });
    for (const { stay, i } of found) failures.push(...judgeTime(place, bounds, stay.leftAtMs - stay.enteredAtMs, i));
  }
  return failures;
}

function judgeTime(at: string, bounds: Bounds | undefined, ms: number, stay?: number): Failure[] {
  const { atLeast = 0, atMost = Infinity } = bounds ?? {};
  const seconds = ms / 1000;
  if (seconds >= atLeast && seconds <= atMost) return [];
  const expected = seconds < atLeast ? `at least ${atLeast} s` : `at most ${atMost} s`;
  return [{ at, ...(stay !== undefined && { stay }), expected, came: `${seconds} s` }];
}

function judgeValue(at: string, expected: Json | undefined, came: Json | undefined): Failure[] {
  if (expected === undefined || isSameJson(expected, came)) return [];
  return [{ at, expected: written(expected), came: written(came) }];
}

/** Whether all that is wanted is there; of objects more may be. */
function isWithin(wanted: Json, came: Json | undefined): boolean {
  if (!isObject(wanted)) return isSameJson(wanted, came);
  return isObject(came) && Object.entries(wanted).every(([name, value]) => isWithin(value, came[name]));
}
