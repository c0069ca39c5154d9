/**
 * What a flow meets outside in a scenario: the caller, who does one thing after another, and everything that the flow asks
 * for, each with the time that it takes. A caller who has nothing left to do is silent.
 */
import type { GatherInstruction } from '../../instructions.ts';
import { isEffect, isQuestion } from '../effects.ts';
import type { EventDetail, FlowInstruction } from '../state.ts';
import { answerQuestion, answerTransfer } from './answers.ts';
import type { ScenarioCall } from './read-scenario.ts';
import type { Action, AssistantAnswer } from './scenario-schema.ts';
import { createTurns, type Turns } from './turns.ts';

/** Where a call waits, and for what. */
export interface Waiting {
  nodeId: string;
  /** The subflow that the node belongs to. */
  subflow?: string;
  /** The how-many-th stay at the node it is, from 1. */
  stay: number;
  instruction: FlowInstruction;
  /** How long the words take that the caller hears first. */
  spokenMs: number;
  /** Since the call began. */
  elapsedMs: number;
}

/** What happens next and when, from the moment that the call began to wait; or what the scenario fails to say. */
export type Happening = { event: EventDetail; afterMs: number } | { missing: string };

export interface World {
  next: (waiting: Waiting) => Happening;
  /** What the caller was to do and had no occasion for. */
  left: () => readonly { index: number; action: Action }[];
}

/** A person who is asked answers a second after the last word. */
const reactionMs = 1_000;
const defaultTalkMs = 30_000;
/** What a voice says in a second is about seventeen characters. */
const msPerCharacter = 60;

/** How long it takes until all of it is said. */
export function spokenMs(words: readonly FlowInstruction[]): number {
  let ms = 0;
  for (const word of words) {
    if (word.type === 'say') ms += word.speech.text.length * msPerCharacter;
    else if (word.type === 'play') ms += word.audio.durationMs;
    else if (word.type === 'pause') ms += word.lengthMs;
    else if (word.type === 'gather' || word.type === 'voicemail') ms += spokenMs(word.prompts);
    else if (word.type === 'hangUp' && word.lastWords) ms += word.lastWords.text.length * msPerCharacter;
  }
  return ms;
}

export function createWorld(call: ScenarioCall): World {
  const turns = createTurns(call.answers);
  let done = 0;

  /** The next action, where it is for this place. */
  const actionAt = ({ nodeId, subflow, stay }: Waiting): Action | undefined => {
    const action = call.does[done];
    if (!action || (action.stay !== undefined && action.stay !== stay)) return undefined;
    return [undefined, nodeId, `${subflow}/${nodeId}`].includes(action.at) ? action : undefined;
  };

  /** The caller hangs up, or presses a key that leads out of the queue, before the answer comes. */
  const interruption = (waiting: Waiting, answerAfterMs: number): Happening | undefined => {
    const action = actionAt(waiting);
    if (!action) return undefined;
    const afterMs = delayOf(action, waiting.spokenMs);
    if (afterMs >= answerAfterMs) return undefined;
    const event = interruptingEvent(action, waiting.instruction);
    if (!event) return undefined;
    done += 1;
    return { event, afterMs };
  };

  const asked = (waiting: Waiting, gather: GatherInstruction): Happening => {
    const action = actionAt(waiting);
    const silence: Happening = { event: { type: 'digits', digits: '' }, afterMs: waiting.spokenMs + gather.timeoutMs };
    if (!action) return done < call.does.length ? (elsewhere(call.does[done], waiting) ?? silence) : silence;
    if (action.leaveMessageS !== undefined)
      return { missing: `the caller was to leave a message, but is asked for ${wordsFor(gather)}` };
    done += 1;
    if (action.hangUp) return { event: { type: 'hungUp' }, afterMs: delayOf(action, waiting.spokenMs) };
    if (action.silent && action.afterS !== undefined) return { ...silence, afterMs: action.afterS * 1000 };
    return inputOf(action, gather, delayOf(action, waiting.spokenMs)) ?? silence;
  };

  const recorded = (waiting: Waiting, maxLengthS: number): Happening => {
    const action = actionAt(waiting);
    if (action?.press !== undefined || action?.say !== undefined)
      return { missing: 'the caller was to answer, but is at a voicemail: use leaveMessageS' };
    if (!action || action.silent) {
      if (action) done += 1;
      return { event: { type: 'done' }, afterMs: waiting.spokenMs + 5_000 };
    }
    done += 1;
    if (action.hangUp) return { event: { type: 'hungUp' }, afterMs: delayOf(action, waiting.spokenMs) };
    const durationS = Math.min(action.leaveMessageS ?? 0, maxLengthS);
    const event: EventDetail = { type: 'voicemailLeft', durationS };
    return { event, afterMs: waiting.spokenMs + durationS * 1000 };
  };

  const next = (waiting: Waiting): Happening => {
    const { instruction } = waiting;
    if (instruction.type === 'gather') return asked(waiting, instruction);
    if (instruction.type === 'voicemail') return recorded(waiting, instruction.maxLengthS);
    const answer = answerTo(waiting, turns);
    // Who hangs up waits for no answer.
    return interruption(waiting, 'missing' in answer ? Infinity : answer.afterMs) ?? answer;
  };

  return {
    next,
    left: () => call.does.slice(done).map((action, i) => ({ index: done + i, action })),
  };
}

function answerTo(waiting: Waiting, turns: Turns): Happening {
  const { instruction, nodeId, spokenMs: before, elapsedMs } = waiting;
  // Somebody else is asked while the caller still hears what is said first.
  if (isEffect(instruction) && isQuestion(instruction))
    return notBefore(answerQuestion(turns, instruction, elapsedMs), before);
  switch (instruction.type) {
    case 'wait':
      return { event: { type: 'done' }, afterMs: before + instruction.durationMs };
    case 'dial':
      return later(answerTransfer(turns, nodeId, instruction.to, instruction.timeoutS), before);
    case 'assistant':
      return later(
        talked(turns.take('assistants', nodeId, instruction.assistantId), instruction.maxDurationMs),
        before,
      );
    default:
      return { event: { type: 'done' }, afterMs: before };
  }
}

function later(answer: Happening, beforeMs: number): Happening {
  return 'missing' in answer ? answer : { ...answer, afterMs: answer.afterMs + beforeMs };
}

function notBefore(answer: Happening, ms: number): Happening {
  return 'missing' in answer ? answer : { ...answer, afterMs: Math.max(answer.afterMs, ms) };
}

function talked(answer: AssistantAnswer | { missing: string }, maxDurationMs: number | undefined): Happening {
  if ('missing' in answer) return answer;
  const lastsMs = answer.afterS === undefined ? defaultTalkMs : answer.afterS * 1000;
  if (answer.outcome === 'callerHungUp') return { event: { type: 'hungUp' }, afterMs: lastsMs };
  if (maxDurationMs !== undefined && lastsMs > maxDurationMs)
    return { event: { type: 'assistantLeft', outcome: 'timeLimit' }, afterMs: maxDurationMs };
  const { outcome, data } = answer;
  return { event: { type: 'assistantLeft', outcome, ...(data && { data }) }, afterMs: lastsMs };
}

function delayOf({ afterS }: Action, wordsMs: number): number {
  return afterS === undefined ? wordsMs + reactionMs : afterS * 1000;
}

/** What a caller does while nothing is asked; undefined where nobody minds it. */
function interruptingEvent({ hangUp, press }: Action, waitingFor: FlowInstruction): EventDetail | undefined {
  if (hangUp) return { type: 'hungUp' };
  if (press === undefined || waitingFor.type !== 'enqueue') return undefined;
  const { exitKeys, callbackKey } = waitingFor.hold;
  if (press === callbackKey) return { type: 'queueEnded', outcome: 'callback' };
  return exitKeys.includes(press) ? { type: 'queueEnded', outcome: `key${press}` } : undefined;
}

/** What the carrier makes of an action where it gathers; undefined where it hears nothing of it. */
function inputOf({ press, say }: Action, gather: GatherInstruction, afterMs: number): Happening | undefined {
  if (say !== undefined && gather.input !== 'digits') return { event: { type: 'speech', text: say }, afterMs };
  if (press === undefined || gather.input === 'speech') return undefined;
  const ended = gather.finishOnKey === '' ? -1 : press.indexOf(gather.finishOnKey);
  const digits = press.slice(0, ended < 0 ? gather.maxDigits : Math.min(ended, gather.maxDigits));
  const isWhole = ended >= 0 || press.length >= gather.maxDigits;
  // Without the key that ends it, the carrier waits whether more comes.
  return { event: { type: 'digits', digits }, afterMs: isWhole ? afterMs : afterMs + gather.timeoutMs };
}

/** A caller who has something to say elsewhere is not asked here; one who will hang up elsewhere is silent. */
function elsewhere(action: Action | undefined, { nodeId }: Waiting): Happening | undefined {
  if (!action || action.hangUp) return undefined;
  return { missing: `the caller was to act at "${action.at}", but is asked at "${nodeId}"` };
}

function wordsFor({ input }: GatherInstruction): string {
  return input === 'both' ? 'keys or words' : input === 'digits' ? 'keys' : 'words';
}

/** Whether a call can wait at it: at a question to somebody else, or where the carrier waits. */
export function isWaiting(wanted: FlowInstruction): boolean {
  return isEffect(wanted) ? isQuestion(wanted) : carrierWaits.has(wanted.type);
}

const carrierWaits: ReadonlySet<string> = new Set<FlowInstruction['type']>([
  'gather',
  'voicemail',
  'wait',
  'dial',
  'assistant',
]);
