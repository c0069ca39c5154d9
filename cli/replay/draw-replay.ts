/** A replay as an admin reads it: both ways side by side, then in words where and why they part. */
import type { DifferenceCount } from '../../contracts/flow/replay/count-differences.ts';
import type { Parting, ReplayResult } from '../../contracts/flow/replay/replay.ts';
import type { ReplayStep } from '../../contracts/flow/replay/rerun.ts';
import { shownTime } from '../../contracts/flow/scenario/clock.ts';
import type { Decision } from '../../contracts/flow/state.ts';

export interface Drawing {
  /** What the calls were played against, as in `the draft of shop`. */
  against: string;
  timeZone: string;
  /** Of the terminal, in characters. */
  width: number;
}

const narrowest = 72;
const verdicts: Readonly<Record<ReplayResult['verdict'], string>> = {
  same: 'goes the same way and hears the same words',
  words: 'goes the same way and hears other words',
  parts: 'goes another way',
  stops: 'goes the same way as far as the call has answers',
  unreadable: 'cannot be replayed',
};

export function linesOfReplay(result: ReplayResult, { against, timeZone, width }: Drawing): string[] {
  const { callId, flowId, flowVersion, verdict, rows, parting, stop, assumptions, notes } = result;
  const column = Math.floor((Math.max(width, narrowest) - 3) / 2);
  const stopsAfter = stop ? rows.findLastIndex(({ now }) => now !== undefined) : -1;
  const table = rows.flatMap(({ was, now, differs }, i) => [
    ...sideBySide(
      cell(was, timeZone, differs),
      cell(now, timeZone, differs),
      column,
      differs === undefined ? '│' : '≠',
    ),
    ...(stop && i === stopsAfter ? sideBySide([], [`✗ stops: it would need ${stop.needs}`], column, '│') : []),
  ]);
  const head = sideBySide([`in the call (${flowId}@${flowVersion})`], [`against ${against}`], column, '│');
  return [
    `call ${callId}: against ${against} it ${verdicts[verdict]}`,
    '',
    ...(rows.length === 0 ? [] : [...head, `${'─'.repeat(column)}─┼─${'─'.repeat(column)}`, ...table, '']),
    ...(parting ? wordsOfParting(parting, stop !== undefined) : []),
    ...(stop ? [`It stops at "${stop.place}": it would need ${stop.needs}; ${stop.because}.`] : []),
    ...assumptions.map(({ nodeId, because }) => `Taken for granted at "${nodeId}": ${because}.`),
    ...notes.map((note) => `Note: ${note}.`),
  ];
}

/** A day's calls: how many of each kind. */
export function linesOfCounts(counts: readonly DifferenceCount[], against: string): string[] {
  const calls = counts.reduce((sum, { calls: each }) => sum + each, 0);
  const width = String(calls).length;
  return [
    `${calls} ${calls === 1 ? 'call' : 'calls'} against ${against}`,
    ...counts.map(({ verdict, what, calls: each, callIds }) => {
      const where = what === '' ? '' : `: ${what}`;
      const named = verdict === 'same' ? '' : `  (${callIds.join(', ')}${each > callIds.length ? ', …' : ''})`;
      return `  ${String(each).padStart(width)}  ${each === 1 ? verdicts[verdict] : plural[verdict]}${where}${named}`;
    }),
  ];
}

const plural: Readonly<Record<ReplayResult['verdict'], string>> = {
  same: 'go the same way and hear the same words',
  words: 'go the same way and hear other words',
  parts: 'go another way',
  stops: 'go the same way as far as they have answers',
  unreadable: 'cannot be replayed',
};

/** One step: when, where, what came, what of it followed; where the ways differ also why, and what was said. */
function cell(step: ReplayStep | undefined, timeZone: string, differs: 'path' | 'words' | undefined): string[] {
  if (!step) return [];
  const { decision, place, says } = step;
  const { atMs, because } = decision;
  const came = cameOf(decision);
  return [
    `${shownTime(timeZone, atMs)} ${place}${came === '' ? '' : ` · ${came}`}`,
    `         ${arrowOf(decision)}`,
    ...(differs === 'path' && because !== undefined ? [`         ${because}`] : []),
    ...(differs === undefined ? [] : says.map((text) => `         “${text}”`)),
  ];
}

function arrowOf({ rule, outcome, wentTo }: Decision): string {
  switch (rule) {
    case 'waits':
      return `… waits (${outcome})`;
    case 'end':
      return `■ ${outcome}`;
    case 'fault-edge':
      return `↯ ${outcome} → ${wentTo}, by the fault edge`;
    case 'degraded-plan':
      return `↯ ${outcome}, by the number's degraded plan`;
    case 'edge':
    case 'ignored':
    case 'subflow':
    case 'return':
      return `↓ ${outcome} → ${wentTo}`;
  }
}

/** What came in, in a few words. */
function cameOf({ event }: Decision): string {
  const { type, digits, text, status, httpStatus, outcome, durationS } = event ?? {};
  const word = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  switch (type) {
    case 'digits':
      return digits === '' ? 'nothing came' : `pressed ${word(digits)}`;
    case 'speech':
      return `said “${word(text)}”`;
    case 'toolAnswered':
      return `the tool: ${word(status)}${httpStatus === undefined ? '' : ` (${word(httpStatus)})`}`;
    case 'assistantLeft':
      return `the assistant left: ${word(outcome)}`;
    case 'dialEnded':
      return `the dialled party: ${word(status)}`;
    case 'voicemailLeft':
      return `a message of ${word(durationS)} s`;
    case 'smsEnded':
      return `the message was ${word(status)}`;
    case 'hungUp':
      return 'the caller hung up';
    case 'queueEnded':
    case 'agentEnded':
    case 'callbackPlanned':
      return word(outcome);
    default:
      return '';
  }
}

function wordsOfParting({ kind, place, was, now, meetsAgainAt }: Parting, hasStopped: boolean): string[] {
  const lines: string[] = [];
  if (kind === 'edge' && was && now)
    lines.push(
      `The ways part after "${place}": "${now.outcome}" led to "${was.wentTo}", and leads to "${now.wentTo}".`,
    );
  else if (kind === 'outcome' && was && now)
    lines.push(
      `The ways part at "${place}".`,
      `  It was "${was.outcome}"${because(was)}.`,
      ...passedOver(was),
      `  It is "${now.outcome}"${because(now)}.`,
      ...passedOver(now),
    );
  else lines.push(now ? `The ways part at "${place}", which is new on the way.` : `"${place}" is not passed any more.`);
  if (meetsAgainAt !== undefined) lines.push(`They meet again at "${meetsAgainAt}".`);
  else if (!hasStopped) lines.push('They do not meet again.');
  return lines;
}

const because = (decision: Decision): string => (decision.because === undefined ? '' : `: ${decision.because}`);
const passedOver = ({ lost = [] }: Decision): string[] =>
  lost.map(({ rule, because: why }) => `    not "${rule}": ${why}`);

function sideBySide(left: readonly string[], right: readonly string[], column: number, between: string): string[] {
  const [one, other] = [left, right].map((lines) => lines.flatMap((line) => wrapped(line, column)));
  const height = Math.max(one?.length ?? 0, other?.length ?? 0);
  return Array.from({ length: height }, (_, i) =>
    `${(one?.[i] ?? '').padEnd(column)} ${i === 0 ? between : '│'} ${other?.[i] ?? ''}`.trimEnd(),
  );
}

/** Breaks between words; what follows is indented as the line is. */
function wrapped(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const indent = ' '.repeat(Math.min(/^ */.exec(line)?.[0].length ?? 0, width - 20));
  const space = line.lastIndexOf(' ', width);
  const end = space > indent.length + 10 ? space : width;
  return [line.slice(0, end), ...wrapped(indent + line.slice(end).trimStart(), width)];
}
