/**
 * The assistant's voice on the line: what the model and we say in its place, from the model's audio to what was heard.
 *
 * Invariants:
 * V1 After a cut nothing of the old answer is sent: playback starts a new generation, and what the model still sends
 *    of it is dropped until the model says that its turn is over, at most `STALE_MS`.
 * V2 While it is silent, nothing is sent; what was not heard is kept until it is known whether it goes on.
 */
import type { AudioFormat } from '../../contracts/realtime-model.ts';
import { createPlayout } from '../audio/playout.ts';
import { createModelAudio } from './model-audio.ts';
import type { RecordedPhrase } from './recorded-phrases.ts';
import type { TurnKeeper } from './turn-keeper.ts';

/** Where the voice acts. All of it returns at once. */
export interface VoicePort {
  play(mulaw: Uint8Array, mark: string): void;
  /** The caller had been making a sound for `soundMs`, where that is why. */
  clear(soundMs?: number): void;
  /** The model's answer was cut when so much of it had been heard. */
  answerCut(heardMs: number): void;
}

export type AssistantVoice = ReturnType<typeof createAssistantVoice>;

const STALE_MS = 1000;
const STALE_AFTER_PASSING_ON_MS = 400; // a greeting comes no sooner: it may not lose its first word
const SAMPLES_PER_MS = 8;

/** One for each stream. `callZeroMs`: what the call's clock shows when the monotonic clock shows zero. */
export function createAssistantVoice({
  keeper,
  callZeroMs,
  port,
}: {
  keeper: TurnKeeper;
  callZeroMs: number;
  port: VoicePort;
}) {
  const playout = createPlayout();
  const modelAudio = createModelAudio();
  let staleUntilMs: number | undefined;
  let lastAudioMs = -Infinity;
  let answerStart = 0; // the position of the present answer's first sample
  let answerEnd = 0; // the position behind its last one so far
  let heardPosition = 0; // as the keeper knows it
  let answering = false;
  let modelTurnOpen = false;
  let silentSinceMs: number | undefined; // since when what was not heard waits

  const callMs = (atMs: number): number => atMs + callZeroMs;
  const pump = (atMs: number): void => {
    for (let piece = playout.due(atMs); piece; piece = playout.due(atMs)) {
      port.play(piece.payload, piece.mark);
      keeper.assistantSent(playout.sent(), callMs(atMs));
    }
  };
  const enqueue = (mulaw: Uint8Array, atMs: number): void => {
    if (mulaw.length === 0) return;
    const position = playout.end();
    const taken = playout.enqueue(mulaw);
    answerEnd = position + taken;
    keeper.assistantAudio(mulaw.subarray(0, taken), position, callMs(atMs));
    lastAudioMs = atMs;
  };
  const fallSilent = (atMs: number, soundBeganMs?: number): void => {
    const isHeard = playout.isPlaying();
    playout.pause(atMs);
    if (!isHeard) return;
    port.clear(soundBeganMs === undefined ? undefined : atMs - soundBeganMs);
    silentSinceMs = atMs;
  };
  const answerOver = (atMs: number): void => {
    if (staleUntilMs === undefined) enqueue(modelAudio.flush(), atMs);
    answering = false;
    pump(atMs);
  };

  return {
    /** A session is there, with audio in this format. */
    use: (format: AudioFormat): void => modelAudio.use(format),
    /** The model's audio; false for what belongs to an answer that was cut. */
    modelAudio(audio: Uint8Array, atMs: number): boolean {
      if (staleUntilMs !== undefined && atMs < staleUntilMs) return false;
      staleUntilMs = undefined;
      if (!answering) answerStart = playout.end();
      answering = true;
      modelTurnOpen = true;
      enqueue(modelAudio.toMulaw(audio), atMs);
      pump(atMs);
      return true;
    },
    /** No more audio of this answer is expected: what comes is another one. */
    answerOver,
    /** The model has said all of the present answer. */
    answerComplete(atMs: number): void {
      answerOver(atMs);
      keeper.answerComplete(callMs(atMs));
    },
    turnComplete(atMs: number): void {
      answerOver(atMs);
      if (staleUntilMs !== Infinity) staleUntilMs = undefined;
      modelTurnOpen = false;
      keeper.modelTurnOver(callMs(atMs));
    },
    /** The model is gone; what it had said goes on playing. */
    modelLost(atMs: number): void {
      answerOver(atMs);
      keeper.modelLost(callMs(atMs));
      staleUntilMs = undefined;
      modelTurnOpen = false;
    },
    fallSilent,
    goOn(atMs: number): void {
      playout.resume();
      silentSinceMs = undefined;
      pump(atMs);
    },
    /** Stops for good, with what was heard. */
    cut(atMs: number): void {
      fallSilent(atMs);
      const isUnheard = answering || !playout.isIdle();
      const position = playout.clear(atMs);
      if (isUnheard) port.answerCut(Math.max(0, position - answerStart) / SAMPLES_PER_MS);
      keeper.cut(position, callMs(silentSinceMs ?? atMs));
      modelAudio.reset();
      answering = false;
    },
    /** What the model still sends of a turn that was cut is dropped. */
    dropRest(atMs: number): void {
      staleUntilMs = Math.max(staleUntilMs ?? 0, atMs + STALE_MS);
    },
    /** The model has nothing to say any more. */
    mute(): void {
      staleUntilMs = Infinity;
    },
    /** Audio of ours, such as tones, behind what is queued. */
    play(mulaw: Uint8Array, atMs: number): void {
      playout.enqueue(mulaw);
      pump(atMs);
    },
    /** Words of ours, in the assistant's place: they are part of what it said. */
    speak({ text, mulaw }: RecordedPhrase, atMs: number): void {
      keeper.modelTurnOver(callMs(atMs));
      const position = playout.end();
      keeper.assistantAudio(mulaw.subarray(0, playout.enqueue(mulaw)), position, callMs(atMs));
      keeper.assistantText(text, callMs(atMs));
      keeper.modelTurnOver(callMs(atMs));
      pump(atMs);
    },
    markEchoed: (name: string, atMs: number): void => void playout.markEchoed(name, atMs),
    /** Every 20 ms while it is not idle. */
    tick(atMs: number): void {
      pump(atMs);
      const position = playout.heard(atMs);
      if (position === heardPosition) return;
      heardPosition = position;
      keeper.assistantHeard(position, callMs(atMs));
    },
    /** Another assistant has the word: it has not spoken yet, and what the model still says of an open turn is not its. */
    passOn(atMs: number): void {
      playout.resume();
      staleUntilMs = modelTurnOpen ? atMs + STALE_AFTER_PASSING_ON_MS : undefined;
      modelAudio.reset();
      answering = false;
      modelTurnOpen = false;
      silentSinceMs = undefined;
      lastAudioMs = -Infinity;
    },
    /** What plays now is taken as heard up to here. */
    close(atMs: number): void {
      // What is said and heard is whole, though the model, waiting for a result, never said that it was.
      if (playout.isIdle()) keeper.modelTurnOver(callMs(atMs));
      keeper.assistantHeard(playout.heard(atMs), callMs(atMs));
      keeper.cut(playout.clear(atMs), callMs(atMs));
    },
    /** Whether the model is in the middle of an answer. */
    isAnswering: (): boolean => answering,
    isModelTurnOpen: (): boolean => modelTurnOpen,
    /** Whether all that was said has been heard. */
    isIdle: (): boolean => playout.isIdle(),
    /** How much has not been heard yet. */
    leftMs: (atMs: number): number => (playout.end() - playout.heard(atMs)) / SAMPLES_PER_MS,
    /** Whether something that the model has said is still to be heard. */
    isAnswerPlaying: (atMs: number): boolean => playout.heard(atMs) < Math.min(answerEnd, playout.end()),
    /** When the model's last audio that is played came. */
    lastAudioMs: (): number => lastAudioMs,
  };
}
