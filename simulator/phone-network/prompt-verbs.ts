import { mulawSilence } from './mulaw.ts';
import { dtmfTones } from './tones.ts';
import type { TwimlElement } from './twiml-parser.ts';
import { untilAborted } from './until-aborted.ts';
import { numberOf, type VerbContext } from './verb.ts';
import { readTelephoneWav } from './read-wav.ts';

const SILENCE_AFTER_SAY_MS = 100;
/** `loop="0"` means for ever; nobody listens longer than a call may last. */
const FOREVER_LOOPS = 100_000;

/** Plays one `Say`, `Play` or `Pause` to its end or until the signal fires. */
export async function playPrompt(context: VerbContext, element: TwimlElement, signal: AbortSignal): Promise<void> {
  if (element.name === 'Pause') {
    await context.call.line.wait(numberOf(element, 'length', 1) * 1000, signal);
    return;
  }
  const loops = numberOf(element, 'loop', 1) || FOREVER_LOOPS;
  const play = element.name === 'Say' ? speak : playAudio;
  for (let loop = 0; loop < loops && !signal.aborted; loop += 1) {
    if (!(await play(context, element, signal))) return;
  }
}

async function speak(context: VerbContext, element: TwimlElement, signal: AbortSignal): Promise<boolean> {
  const { call, network } = context;
  const language = element.attributes.language ?? languageOfVoice(element.attributes.voice);
  const { mulaw, phraseId } = network.speech.say(element.text, language);
  const startMs = call.line.nowMs;
  await call.line.play(mulaw, signal);
  call.note('say', { text: element.text, phraseId, startMs, endMs: call.line.nowMs, cutShort: signal.aborted });
  return (await call.line.play(mulawSilence(SILENCE_AFTER_SAY_MS * 8), signal)) === 'done';
}

function languageOfVoice(voice: string | undefined): string {
  return /\.(\w\w-\w\w)-/.exec(voice ?? '')?.[1] ?? 'en-US';
}

async function playAudio(context: VerbContext, element: TwimlElement, signal: AbortSignal): Promise<boolean> {
  const { call } = context;
  const digits = element.attributes.digits;
  const mulaw =
    digits === undefined ? await untilAborted(call, fetchAudio(context, element.text), signal) : dtmfTones(digits);
  if (!mulaw) return false;
  const startMs = call.line.nowMs;
  const result = await call.line.play(mulaw, signal);
  call.note('play', { digits, url: element.text || undefined, startMs, endMs: call.line.nowMs });
  return result === 'done';
}

async function fetchAudio({ network, call }: VerbContext, url: string): Promise<Uint8Array | undefined> {
  const request = { url, method: 'GET', fields: {}, authToken: call.account.authToken, idempotencyToken: '' } as const;
  const outcome = await network.deliver(request);
  if (!outcome.ok) {
    call.alert(outcome.errorCode, `play: ${outcome.detail}`);
    return undefined;
  }
  const mulaw = readTelephoneWav(outcome.body);
  if (!mulaw) call.alert(12_300, `play: cannot play ${outcome.contentType}`);
  return mulaw;
}
