/**
 * Takes digits that the caller types for the flow alone: neither the model nor a transcript, a log or a recording gets them.
 *
 * Phases: `idle` -> `typing` (from the model's call of the function on) -> `telling` (the call is told) -> `idle`.
 *
 * Invariants:
 * E1 From the asking until `DEAF_AFTER_MS` behind the last key nothing of the caller's sound reaches anybody: `isDeaf`.
 * E2 Digits are here only while they are typed. They go to the call's workflow and nowhere else, and are then forgotten,
 *    whatever comes of it; an entry that ends in any other way leaves none.
 * E3 The model hears one result, that it was given or why not: as its function's, or in words where the session that
 *    called it is gone or has cancelled its call: the caller types on all the same.
 * E4 What was asked for is the workflow's to know before the first key: should the gateway die, the next one asks again.
 * E5 Keys behind the last digit that was wanted, or after an entry that failed, are no word to the model either: they are
 *    the next entry's if one is asked for in time, and else nobody's. While they come the call knows, and is not recorded.
 */
import type { SensitiveInput } from '../../contracts/assistant.ts';
import type { Json } from '../../contracts/tools.ts';
import { COLLECT_SENSITIVE } from './model-tools.ts';
import type { ToolRequest } from './tool-desk.ts';

export interface SensitiveEntry {
  /** Takes a call of its function; false for any other. `typed`: keys that were pressed before and told to nobody. */
  call(call: ToolRequest, typed: string, atMs: number): boolean;
  /** Takes a key; false while nothing is asked for. */
  press(key: string, atMs: number): boolean;
  cancel(ids: readonly string[]): void;
  /** The session whose model called the function is gone. */
  sessionGone(): void;
  /** `isPrompting`: the assistant is still speaking, so that the caller cannot be late. */
  tick(atMs: number, isPrompting: boolean): void;
  /** Forgets everything. */
  close(): void;
  isOpen(): boolean;
  /** Whether the caller's sound is nobody's to hear. */
  isDeaf(atMs: number): boolean;
}

/** What the call's workflow is told. */
export type SensitiveNews = { name: string } & (
  | { state: 'asked' | 'failed' | 'typing' | 'over' }
  | { state: 'given'; digits: string; typesOn?: true }
);

export interface SensitiveEntryDeps {
  inputs: readonly SensitiveInput[];
  /** False where the call could not be told. Never rejects. */
  tell: (news: SensitiveNews) => Promise<boolean>;
  answerTool: (call: ToolRequest, response: { status: string; hint: string }) => void;
  /** The same where nobody waits for the function's result. */
  tellModel: (text: string) => void;
  /** The caller has typed, from the first key to the last. */
  onTyped: (beganMs: number, endedMs: number) => void;
}

interface Entry {
  readonly input: SensitiveInput;
  call: ToolRequest;
  isOrphan: boolean;
  digits: string;
  firstKeyMs?: number;
  /** Since when nothing has been typed although it could have been. */
  idleSinceMs: number;
  isTelling: boolean;
}

const DEAF_AFTER_MS = 400; // the tone of the last key is still on the line
const TYPES_ON_MS = 2500; // who types more than was wanted pauses no longer
const TRIES_AGAIN_MS = 10_000; // who was too slow goes on, whether he was asked again or not

const hints = {
  given: 'The caller has typed it. You do not get to know it: the functions that need it take it by themselves. Go on.',
  tooShort: 'The caller has typed too few digits. Say so, ask once more and call it again.',
  nothing: 'The caller has typed nothing. Ask whether it is possible now, and call it again if so.',
  notTaken: 'It could not be taken because of a fault of ours. Apologise and go on without it.',
};

export function createSensitiveEntry(deps: SensitiveEntryDeps): SensitiveEntry {
  const { inputs, tell, answerTool, tellModel, onTyped } = deps;
  let entry: Entry | undefined;
  let deafUntilMs = -Infinity;
  /** Keys that came after an entry (E5). */
  let stray: { name: string; keys: string; untilMs: number; isPrivate: boolean } | undefined;

  const answer = ({ call, isOrphan, input }: Entry, status: 'ok' | 'failed', hint: string): void => {
    if (isOrphan) tellModel(`[${COLLECT_SENSITIVE} for "${input.name}" has ended. ${hint}]`);
    else answerTool(call, { status, hint });
  };
  const pressStray = (key: string, atMs: number): boolean => {
    if (!stray || atMs >= stray.untilMs) return false;
    deafUntilMs = atMs + DEAF_AFTER_MS;
    const { name, keys, untilMs, isPrivate } = stray;
    if (!isPrivate) void tell({ name, state: 'typing' });
    stray = { name, keys: keys + key, untilMs: Math.max(untilMs, atMs + TYPES_ON_MS), isPrivate: true };
    return true;
  };
  const fail = (failed: Entry, hint: string, atMs: number): void => {
    entry = undefined;
    deafUntilMs = atMs + DEAF_AFTER_MS;
    const { name } = failed.input;
    stray = { name, keys: '', untilMs: atMs + TRIES_AGAIN_MS, isPrivate: false };
    void tell({ name, state: 'failed' });
    answer(failed, 'failed', hint);
  };
  const give = async (given: Entry, atMs: number): Promise<void> => {
    const { digits, input } = given;
    given.digits = '';
    given.isTelling = true;
    onTyped(given.firstKeyMs ?? atMs, atMs);
    deafUntilMs = atMs + DEAF_AFTER_MS;
    const isTaken = await tell({ name: input.name, state: 'given', digits, ...(stray && { typesOn: true }) });
    if (entry !== given) return;
    entry = undefined;
    if (isTaken) answer(given, 'ok', hints.given);
    else answer(given, 'failed', hints.notTaken);
  };
  const finish = (done: Entry, atMs: number): void => {
    if (done.digits.length >= done.input.minDigits) return void give(done, atMs);
    if (done.firstKeyMs !== undefined) onTyped(done.firstKeyMs, atMs);
    fail(done, done.firstKeyMs === undefined ? hints.nothing : hints.tooShort, atMs);
  };
  const press = (key: string, atMs: number): boolean => {
    if (!entry || entry.isTelling) return pressStray(key, atMs) || entry !== undefined;
    entry.firstKeyMs ??= atMs;
    entry.idleSinceMs = atMs;
    if (key === entry.input.endKey) finish(entry, atMs);
    else if (/^\d$/.test(key)) {
      entry.digits += key;
      if (entry.digits.length < entry.input.maxDigits) return true;
      stray = { name: entry.input.name, keys: '', untilMs: atMs + TYPES_ON_MS, isPrivate: true };
      finish(entry, atMs);
    }
    return true;
  };

  return {
    call(call, typed, atMs) {
      if (call.name !== COLLECT_SENSITIVE || inputs.length === 0) return false;
      const name = nameOf(call.args);
      const input = inputs.find((one) => one.name === name);
      if (entry && entry.input === input) {
        // A session that follows the one which asked, or a model that asks twice.
        if (!entry.isOrphan) answerTool(entry.call, { status: 'failed', hint: 'It was asked for again.' });
        Object.assign(entry, { call, isOrphan: false });
        return true;
      }
      if (!input || entry) {
        const hint = input
          ? 'Another entry is going on. Wait for its end.'
          : 'There is no such input. Choose one of those declared.';
        answerTool(call, { status: 'failed', hint });
        return true;
      }
      entry = { input, call, isOrphan: false, digits: '', idleSinceMs: atMs, isTelling: false };
      const before = (stray?.keys ?? '') + typed;
      stray = undefined;
      void tell({ name: input.name, state: 'asked' });
      for (const key of before) press(key, atMs);
      return true;
    },
    press,
    cancel(ids) {
      if (entry && ids.includes(entry.call.id)) entry.isOrphan = true;
    },
    sessionGone() {
      if (entry) entry.isOrphan = true;
    },
    tick(atMs, isPrompting) {
      if (stray && !entry && atMs >= stray.untilMs) {
        if (stray.isPrivate) void tell({ name: stray.name, state: 'over' });
        stray = undefined;
      }
      if (!entry || entry.isTelling) return;
      if (isPrompting) entry.idleSinceMs = Math.max(entry.idleSinceMs, atMs);
      else if (atMs - entry.idleSinceMs >= entry.input.timeoutMs) finish(entry, atMs);
    },
    close() {
      entry = undefined;
      stray = undefined;
    },
    isOpen: () => entry !== undefined,
    isDeaf: (atMs) => entry !== undefined || atMs < deafUntilMs,
  };
}

function nameOf(args: Json): string | undefined {
  const isObject = typeof args === 'object' && args !== null && 'name' in args;
  return isObject && typeof args.name === 'string' ? args.name : undefined;
}
