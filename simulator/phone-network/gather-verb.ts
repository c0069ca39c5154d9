import { AudioTrack } from './audio-track.ts';
import type { LineFrame } from './line.ts';
import { isAudible } from './mulaw.ts';
import { playPrompt } from './prompt-verbs.ts';
import type { TwimlElement } from './twiml-parser.ts';
import { actionOutcome, methodOf, NEXT, numberOf, type VerbContext, type VerbOutcome } from './verb.ts';

const AUTO_SPEECH_TIMEOUT_MS = 1000;

/**
 * Asks the person for keys or words. The first key or (with speech) the first sound stops the prompt; the time to
 * begin counts from the prompt's end, the time between keys from the last key.
 */
export async function gather(context: VerbContext, element: TwimlElement): Promise<VerbOutcome> {
  const { call, signal } = context;
  const settings = settingsOf(element);
  const { promise: input, resolve: gotInput } = Promise.withResolvers<void>();
  const prompt = new AbortController();
  const interrupt = (): void => {
    if (settings.bargeIn) prompt.abort();
  };
  let digits = '';
  let finishedByKey = false;
  let lastInputMs = Number.NEGATIVE_INFINITY;
  let promptDone = false;
  let firstSpeechMs: number | undefined;
  let lastSpeechMs = 0;
  const speech = new AudioTrack();

  const onDigit = (digit: string): void => {
    if (!settings.dtmf || finishedByKey || (!promptDone && !settings.bargeIn)) return;
    interrupt();
    if (settings.finishOnKey.includes(digit)) finishedByKey = true;
    else digits += digit;
    lastInputMs = call.line.nowMs;
    if (finishedByKey || digits.length === settings.numDigits) gotInput();
  };
  call.digitListeners.add(onDigit);

  const onFrame = ({ atMs, said }: LineFrame): void => {
    if (settings.speech && digits === '' && (promptDone || settings.bargeIn)) {
      if (isAudible(said)) {
        interrupt();
        firstSpeechMs ??= atMs;
        lastSpeechMs = atMs;
      }
      if (firstSpeechMs !== undefined) {
        speech.append(atMs - firstSpeechMs, said);
        if (atMs - lastSpeechMs >= settings.speechTimeoutMs) gotInput();
        if (atMs - firstSpeechMs >= settings.maxSpeechMs) gotInput();
        return;
      }
    }
    if (!promptDone) return;
    const sinceMs = Math.max(lastInputMs, promptEndMs);
    if (atMs - sinceMs >= settings.timeoutMs) gotInput();
  };
  let promptEndMs = 0;
  const stopFrames = call.line.onFrame(onFrame);

  const promptSignal = AbortSignal.any([signal, prompt.signal]);
  for (const child of element.children) {
    if (!promptSignal.aborted) await playPrompt(context, child, promptSignal);
  }
  promptEndMs = call.line.nowMs;
  promptDone = true;
  await Promise.race([input, call.line.until(signal, () => false)]);
  stopFrames();
  call.digitListeners.delete(onDigit);
  if (signal.aborted) return { kind: 'end', end: 'aborted' };

  const words = firstSpeechMs === undefined ? undefined : await recognised(context, speech, element);
  call.note('gathered', { digits, speech: words });
  const fields = resultFields(digits, finishedByKey, words);
  if (!fields && element.attributes.actionOnEmptyResult !== 'true') return NEXT;
  return gatherAction(context, element, fields ?? {});
}

function settingsOf(element: TwimlElement) {
  const { attributes } = element;
  const inputs = (attributes.input ?? 'dtmf').split(' ');
  const timeoutMs = numberOf(element, 'timeout', 5) * 1000;
  const asked = attributes.speechTimeout ?? String(timeoutMs / 1000);
  return {
    dtmf: inputs.includes('dtmf'),
    speech: inputs.includes('speech'),
    bargeIn: attributes.bargeIn !== 'false',
    finishOnKey: attributes.finishOnKey ?? '#',
    numDigits: numberOf(element, 'numDigits', Number.POSITIVE_INFINITY),
    timeoutMs,
    speechTimeoutMs: asked === 'auto' ? AUTO_SPEECH_TIMEOUT_MS : Number(asked) * 1000,
    maxSpeechMs: numberOf(element, 'maxSpeechTime', 60) * 1000,
  };
}

async function recognised(context: VerbContext, speech: AudioTrack, element: TwimlElement): Promise<string> {
  const lengthMs = speech.segments().at(-1)?.endMs ?? 0;
  const language = element.attributes.language ?? 'en-US';
  const utterances = await context.network.recognise(speech.toPcm(lengthMs), language.startsWith('cs') ? 'cs' : 'en');
  return utterances.map((utterance) => utterance.text).join(' ');
}

function resultFields(
  digits: string,
  finishedByKey: boolean,
  words: string | undefined,
): Record<string, string> | undefined {
  if (digits !== '') return { Digits: digits };
  if (words) return { SpeechResult: words, Confidence: '0.92' };
  return finishedByKey ? { Digits: '', FinishedOnKey: '#' } : undefined;
}

/** Without an action the present document's URL is asked again. */
function gatherAction(context: VerbContext, element: TwimlElement, fields: Record<string, string>): VerbOutcome {
  if (element.attributes.action !== undefined) return actionOutcome(element, fields);
  const { source } = context;
  if (source.kind === 'inline') return NEXT;
  const again = { kind: 'url', purpose: 'gather-action', url: source.url, method: methodOf(element), fields } as const;
  return { kind: 'document', source: again };
}
