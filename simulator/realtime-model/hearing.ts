import { createFeatureStream, type FeatureStream } from '../speech/feature-stream.ts';
import type { SpokenLanguage } from '../speech/phrase-book.ts';
import { recogniseFrames, type Recognition } from '../speech/recogniser.ts';
import { createTurnDetector } from './turn-detector.ts';

/** One turn of the caller; times in milliseconds of received audio. */
export interface Utterance {
  readonly startMs: number;
  readonly endMs: number;
  readonly recognition: Recognition;
}

export interface HearingEvents {
  /** Somebody has begun to speak. */
  readonly onOnset: () => void;
  readonly onUtterance: (utterance: Utterance) => void;
}

export interface HearingOptions extends HearingEvents {
  readonly language: SpokenLanguage | undefined;
  /** How the caller is to be understood; `clean` refuses what faults of the audio path do to a phrase. */
  readonly line?: 'clean' | 'noisy';
  /** False where the client says when the caller's turns begin and end. */
  readonly automatic: boolean;
  readonly silenceMs: number;
  readonly sensitive: boolean;
  /** Of the first audio; 16000 unless said. */
  readonly sampleRateHz?: number;
  /** Asked at the end of a turn that was found; where it says so, the turn ends a second later. */
  readonly endsLate?: () => boolean;
}

/** A session's ear: finds the caller's turns and recognises each at its end. */
export interface Hearing {
  /** Audio received in all, ms. */
  readonly receivedMs: number;
  /** Audio that lay outside the turns that the client signals, ms. */
  readonly outsideMs: number;
  /** Audio of the turn that is going on, ms. */
  readonly turnMs: number;
  push(pcm: Int16Array, sampleRateHz: number): void;
  /** How turns are found from now on; one that has begun ends with the change. */
  findTurns(by: { readonly automatic: boolean; readonly silenceMs: number }): void;
  /** The client's own start and end of a turn. */
  begin(): void;
  end(): void;
  /** Forgets what was heard of the turn. */
  drop(): void;
}

const beforeOnsetMs = 400;
const lateMs = 1000;

export function createHearing(options: HearingOptions): Hearing {
  const { sensitive } = options;
  let { automatic, silenceMs } = options;
  let detector = createTurnDetector({ silenceMs, sensitive });
  let receivedMs = 0;
  let outsideMs = 0;
  let { sampleRateHz: rateHz = 16_000 } = options;
  let before: Int16Array[] = [];
  let beforeLength = 0;
  let turn: { stream: FeatureStream; startMs: number } | undefined;
  let manual = false;
  /** How long the end of a turn that was found is still held back. */
  let heldMs: number | undefined;

  const open = (): void => {
    turn = { stream: createFeatureStream(rateHz), startMs: Math.round(receivedMs - (beforeLength * 1000) / rateHz) };
    for (const part of before) turn.stream.push(part);
    before = [];
    beforeLength = 0;
  };
  const close = (): void => {
    if (!turn) return;
    const { stream, startMs } = turn;
    turn = undefined;
    heldMs = undefined;
    const recognition = recogniseFrames(stream.finish(), options.language, options.line);
    options.onUtterance({ startMs, endMs: Math.round(startMs + stream.durationMs), recognition });
  };
  const keepBefore = (pcm: Int16Array): void => {
    before.push(pcm);
    beforeLength += pcm.length;
    const keep = (rateHz * beforeOnsetMs) / 1000;
    while (before.length > 1 && beforeLength - (before[0]?.length ?? 0) >= keep)
      beforeLength -= before.shift()?.length ?? 0;
  };
  const pushAutomatic = (pcm: Int16Array): void => {
    const frame = rateHz / 100;
    for (let at = 0; at < pcm.length; at += frame) {
      const part = pcm.subarray(at, at + frame);
      if (turn) turn.stream.push(part);
      else keepBefore(part);
      receivedMs += (part.length * 1000) / rateHz;
      const signal = detector.push(levelOf(part));
      if (signal === 'onset') {
        heldMs = undefined;
        if (turn) continue;
        open();
        options.onOnset();
      } else if (signal === 'end') {
        if (options.endsLate?.()) heldMs = lateMs;
        else close();
      } else if (heldMs !== undefined) {
        heldMs -= (part.length * 1000) / rateHz;
        if (heldMs <= 0) close();
      }
    }
  };

  return {
    get receivedMs() {
      return receivedMs;
    },
    get outsideMs() {
      return outsideMs;
    },
    get turnMs() {
      return turn ? receivedMs - turn.startMs : 0;
    },
    push(pcm, sampleRateHz) {
      if (sampleRateHz !== rateHz) {
        rateHz = sampleRateHz;
        before = [];
        beforeLength = 0;
        turn = undefined;
        detector.reset();
      }
      if (automatic) {
        pushAutomatic(pcm);
        return;
      }
      const lengthMs = (pcm.length * 1000) / rateHz;
      receivedMs += lengthMs;
      if (turn) turn.stream.push(pcm);
      else outsideMs += lengthMs;
    },
    findTurns(by) {
      if (by.automatic === automatic && by.silenceMs === silenceMs) return;
      if (turn) close();
      manual = false;
      ({ automatic, silenceMs } = by);
      detector = createTurnDetector({ silenceMs, sensitive });
    },
    begin() {
      if (turn) return;
      manual = true;
      open();
      options.onOnset();
    },
    drop() {
      turn = undefined;
      manual = false;
    },
    end() {
      if (!turn || !(manual || detector.speaking)) return;
      manual = false;
      detector.reset();
      close();
    },
  };
}

function levelOf(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return sum === 0 ? -100 : 10 * Math.log10(sum / pcm.length / (32768 * 32768));
}
