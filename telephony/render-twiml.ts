import { AppError } from '../contracts/errors.ts';
import type { CallAnswer, GatherInstruction, Instruction, Spoken } from '../contracts/instructions.ts';
import { type Awaited, callbackUrls, type CallAddress, type CallbackUrls } from './callback-urls.ts';
import { addDegradedSteps, addDial, addVoicemail } from './degraded-twiml.ts';
import { createTwimlDocument, type TwimlDocument, type TwimlNode } from './twiml-document.ts';

export interface TwimlContext extends CallAddress {
  /** Our number in the call: what whoever is dialled sees, unless the flow says another. */
  ownNumber?: string;
  /** The signed token of the stream; needed where the answer holds an `assistant` instruction. */
  mediaToken?: string;
}

/**
 * An answer of the call's workflow as the carrier's document. Every callback in it is an absolute address that names
 * the tenant, the call and the answer's number, so that a repeated callback is recognised as one.
 */
export function renderTwiml(answer: CallAnswer, context: TwimlContext): string {
  const document = createTwimlDocument();
  const urls = callbackUrls(context);
  const next = (awaited: Awaited, gatewayId?: string): string => urls.next(answer.number, awaited, gatewayId);
  for (const instruction of withInterruptible(answer.instructions)) {
    if (instruction.type === 'assistant') addStream(document, answer, context, urls, next);
    else add(document, instruction, { number: answer.number, ownNumber: context.ownNumber, urls, next });
    // What a waiting verb leads to is asked for by its callback: the carrier would drop the rest of the document.
    if (!goesOn(instruction)) return document.toString();
  }
  document.add('Redirect', { method: 'POST' }, next('done'));
  return document.toString();
}

/** Less is only a click. */
const shortestMusicMs = 500;
/** The carrier's limit for one verb. */
const mostLoops = 1000;

/** What may be interrupted by the answer to a question is a part of it: the carrier listens in questions alone. */
function withInterruptible(instructions: readonly Instruction[]): readonly Instruction[] {
  const at = instructions.findIndex(({ type }) => type === 'gather');
  const gather = instructions[at];
  if (gather?.type !== 'gather') return instructions;
  const before: Spoken[] = [];
  for (let i = at - 1; i >= 0; i -= 1) {
    const spoken = instructions[i];
    if ((spoken?.type !== 'say' && spoken?.type !== 'play') || !spoken.mayBeInterrupted) break;
    before.unshift(spoken);
  }
  const asked = { ...gather, prompts: [...before, ...gather.prompts] };
  return [...instructions.slice(0, at - before.length), asked, ...instructions.slice(at + 1)];
}

interface Rendering {
  number: number;
  ownNumber: string | undefined;
  urls: CallbackUrls;
  next: (awaited: Awaited) => string;
}

function goesOn({ type }: Instruction): boolean {
  return type === 'say' || type === 'play' || type === 'pause' || type === 'wait';
}

function add(
  document: TwimlDocument,
  instruction: Exclude<Instruction, { type: 'assistant' }>,
  { number, ownNumber, urls, next }: Rendering,
): void {
  switch (instruction.type) {
    case 'say':
      return document.say(instruction.speech);
    case 'pause':
      document.add('Pause', { length: wholeSeconds(instruction.lengthMs) });
      return;
    case 'play':
      return addSpoken(document, instruction, urls);
    case 'wait': {
      const { durationMs, music } = instruction;
      if (!music) return void document.add('Pause', { length: wholeSeconds(durationMs) });
      const times = Math.floor(durationMs / Math.max(music.durationMs, 1));
      const rest = durationMs - times * music.durationMs;
      for (let left = times; left > 0; left -= mostLoops)
        document.add('Play', { loop: Math.min(left, mostLoops) }, urls.prompt(music.audioId));
      if (rest >= shortestMusicMs) document.add('Play', {}, urls.prompt(music.audioId, rest));
      return;
    }
    case 'gather':
      return addGather(document, instruction, urls, next('digits'));
    case 'dial':
      return addDial(
        document,
        { ...instruction, callerId: instruction.callerId ?? ownNumber },
        { action: next('dial'), leg: urls.leg(number) },
      );
    case 'voicemail':
      for (const spoken of instruction.prompts) addSpoken(document, spoken, urls);
      return addVoicemail(document, instruction, next('voicemail'), urls.recording());
    case 'degraded':
      return addDegradedSteps(document, instruction.plan, 0, {
        ownNumber,
        after: (_step, kind) => next(kind),
        recording: urls.recording(),
      });
    case 'hangUp':
      if (instruction.lastWords) document.say(instruction.lastWords);
      document.add('Hangup');
      return;
    case 'reject':
      document.add('Reject', { reason: instruction.reason });
      return;
  }
}

function addSpoken(node: Pick<TwimlNode, 'add' | 'say'>, spoken: Spoken, urls: CallbackUrls): void {
  if (spoken.type === 'say') node.say(spoken.speech);
  else node.add('Play', {}, urls.prompt(spoken.audio.audioId));
}

/** twilio.com/docs/voice/twiml/gather#hints */
const mostHints = 500;
const longestHint = 100;
const gatherInputs = { digits: 'dtmf', speech: 'speech', both: 'dtmf speech' } as const;

/** The end of a sentence is the carrier's to find; without any answer it asks as well. */
function addGather(
  document: TwimlDocument,
  { input, prompts, maxDigits, finishOnKey, timeoutMs, speech }: GatherInstruction,
  urls: CallbackUrls,
  action: string,
): void {
  const hints = speech && hintsOf(speech.hints);
  const gather = document.add('Gather', {
    input: gatherInputs[input],
    actionOnEmptyResult: true,
    ...(input !== 'speech' && { numDigits: maxDigits }),
    timeout: wholeSeconds(timeoutMs),
    ...(input !== 'speech' && { finishOnKey }),
    ...(speech && { speechTimeout: 'auto', language: speech.language, hints }),
    action,
    method: 'POST',
  });
  for (const spoken of prompts) addSpoken(gather, spoken, urls);
}

/** A phrase with a comma would be two to the carrier; of empty ones and of long or many it takes none at all. */
function hintsOf(phrases: readonly string[]): string | undefined {
  const hints = phrases
    .map((phrase) => phrase.replace(/[\s,]+/g, ' ').trim())
    .filter((hint) => hint !== '' && hint.length <= longestHint);
  return hints.length > 0 ? hints.slice(0, mostHints).join(', ') : undefined;
}

/** The stream's address takes no query (the carrier drops or refuses it): all we know travels in the token. */
function addStream(
  document: TwimlDocument,
  { media }: CallAnswer,
  { mediaToken }: TwimlContext,
  urls: CallbackUrls,
  next: (awaited: Awaited, gatewayId: string) => string,
): void {
  if (!media || mediaToken === undefined)
    throw new AppError('stream-refused', 'an assistant was asked for without a gateway');
  const connect = document.add('Connect', { action: next('stream', media.gateway.gatewayId), method: 'POST' });
  const stream = connect.add('Stream', {
    url: media.gateway.mediaUrl,
    statusCallback: urls.streamStatus(),
    statusCallbackMethod: 'POST',
  });
  stream.add('Parameter', { name: 'token', value: mediaToken });
}

function wholeSeconds(lengthMs: number): number {
  return Math.max(1, Math.ceil(lengthMs / 1000));
}
