import { decodeMulaw } from '../audio/mulaw.ts';
import { createUpsampler8To16 } from '../audio/resampler.ts';
import { createUnansweredTurn, type KeptTurn } from './unanswered-turn.ts';

/**
 * The caller's audio on its way to the model: converted where a model is there, kept for it, bounded, where it is not
 * yet. What is kept beyond the bound goes oldest first.
 *
 * A model that is told of the caller's turns hears of one with its first audio: no audio is ever outside a turn, on
 * whatever connection it comes. A turn that it has not answered when its connection is lost is heard by the next one
 * from its beginning; so is one whose answer had only begun and whose words nobody has, since its successor cannot be
 * told what was asked.
 */
export interface CallerAudio {
  /** One piece of µ-law. */
  take(mulaw: Uint8Array): void;
  /** The caller's turn is over. */
  endTurn(): void;
  /** More of an answer is heard. */
  answerComes(atMs: number): void;
  /** The answer is whole, or the words of what it answers are there: that need not be heard again. */
  answerSuffices(): void;
  /** The model does what the caller asked for: it must not hear that again. */
  answered(): void;
  /** Whether a turn is kept that a model has heard at least in part and not answered; `begun`: of its answer a part came. */
  repeatsTurn(): 'unanswered' | 'begun' | undefined;
  /** From here on audio goes there, what was kept first. */
  connect(target: CallerAudioTarget): void;
  /** From here on audio is kept; `turn`: with it the turn that was not answered. */
  disconnect(turn?: 'repeat-turn'): void;
  /** From here on audio is kept, and a turn that is going on is over for the model, which will hear of the caller again. */
  hold(): void;
}

export interface CallerAudioTarget {
  readonly encoding: 'pcm16le' | 'mulaw';
  /** The buffer is valid during the call only. */
  readonly send: (chunk: Buffer) => void;
  /** Absent where the model finds the turns itself. */
  readonly signal?: (edge: 'start' | 'end') => void;
}

const MAX_KEPT_MS = 2000;
const REPEATED_BYTES = 800;
// Shared by all calls: the work is done before anything else runs.
const pcm8k = new Int16Array(8000);
const pcm16k = new Int16Array(16_100);
const pcmBytes = Buffer.from(pcm16k.buffer);
// Nearly all frames are of one length: a view for each would be garbage.
const usualFrame = pcm8k.subarray(0, 160);
let latestChunk = pcmBytes.subarray(0, 640);

export function createCallerAudio(): CallerAudio {
  let upsampler = createUpsampler8To16();
  let kept: (Uint8Array | 'end')[] = [];
  let keptSamples = 0;
  let target: CallerAudioTarget | undefined;
  let isOpen = false; // the turn, as the model knows it
  let repeats: KeptTurn | undefined;
  const unanswered = createUnansweredTurn();

  const pass = (mulaw: Uint8Array): void => {
    if (!isOpen && target?.signal) {
      target.signal('start');
      unanswered.begin();
    }
    isOpen = true;
    unanswered.add(mulaw);
    if (target?.encoding === 'mulaw') {
      target.send(Buffer.from(mulaw.buffer, mulaw.byteOffset, mulaw.length));
      return;
    }
    const pcm = decodeMulaw(mulaw, mulaw.length === usualFrame.length ? usualFrame : pcm8k);
    const samples = upsampler.process(pcm, pcm16k);
    if (samples === 0) return;
    if (latestChunk.length !== 2 * samples) latestChunk = pcmBytes.subarray(0, 2 * samples);
    target?.send(latestChunk);
  };
  const keep = (mulaw: Uint8Array): void => {
    kept.push(mulaw.slice());
    keptSamples += mulaw.length;
    while (keptSamples > MAX_KEPT_MS * 8) {
      const oldest = kept.shift();
      if (oldest !== 'end') keptSamples -= oldest?.length ?? keptSamples;
    }
  };
  const endTurn = (): void => {
    if (isOpen) target?.signal?.('end');
    isOpen = false;
    unanswered.end();
  };
  const letGo = (): void => {
    target = undefined;
    repeats = undefined;
    kept = [];
    keptSamples = 0;
  };
  const repeat = ({ audio, isOver }: KeptTurn): void => {
    for (let at = 0; at < audio.length; at += REPEATED_BYTES) pass(audio.subarray(at, at + REPEATED_BYTES));
    if (isOver) endTurn();
  };

  return {
    take(mulaw) {
      if (target) pass(mulaw);
      else keep(mulaw);
    },
    endTurn() {
      if (target) endTurn();
      else if (kept.length > 0 || repeats?.isOver === false) kept.push('end');
    },
    answerComes(atMs) {
      if (!isOpen) unanswered.answerComes(atMs);
    },
    answerSuffices() {
      if (!isOpen) unanswered.answerSuffices();
    },
    answered() {
      if (!isOpen) unanswered.forget();
    },
    repeatsTurn: () => repeats && (repeats.isBegun ? 'begun' : 'unanswered'),
    connect(next) {
      upsampler = createUpsampler8To16();
      target = next;
      isOpen = false;
      const turn = repeats;
      repeats = undefined;
      if (turn && next.signal) repeat(turn);
      for (const piece of kept) {
        if (piece === 'end') endTurn();
        else pass(piece);
      }
      kept = [];
      keptSamples = 0;
    },
    disconnect(turn) {
      // What is kept already came after it.
      if (target) letGo();
      const heard = unanswered.take();
      if (turn && heard) repeats = heard;
    },
    hold() {
      endTurn();
      unanswered.forget();
      letGo();
    },
  };
}
