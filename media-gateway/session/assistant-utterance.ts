import { heardText, speechRate } from '../audio/heard-text.ts';
import { createSpeechProfile, STEP_MS } from '../audio/speech-profile.ts';

const SAMPLES_PER_MS = 8;

/** The words and the sound of one answer of the assistant, and where it lies in the call's output. Positions are playout's. */
export interface AssistantUtterance {
  readonly start: number;
  addAudio(mulaw: Uint8Array): void;
  addText(text: string): void;
  /** The model has said all of it. */
  complete(): void;
  isComplete(): boolean;
  /** The position behind its last sample. */
  end(): number;
  text(): string;
  /** What had been heard when playback stood at this position. */
  textAt(position: number): string;
  /** How fast it was spoken; undefined while it is not whole or too short. */
  rate(): number | undefined;
}

/** `usualRate`: how fast this voice has spoken so far in the call, if known. */
export function createAssistantUtterance(start: number, usualRate: () => number | undefined): AssistantUtterance {
  const profile = createSpeechProfile();
  let length = 0;
  let text = '';
  let complete = false;
  return {
    start,
    addAudio(mulaw) {
      profile.append(mulaw);
      length += mulaw.length;
    },
    addText(more) {
      // Sentences generated one after the other come without a space between them.
      text += /[.!?…]$/.test(text) && /^\p{L}/u.test(more) ? ` ${more}` : more;
    },
    complete() {
      complete = true;
    },
    isComplete: () => complete,
    end: () => start + length,
    text: () => text.trim(),
    textAt(position) {
      if (complete && position >= start + length - STEP_MS * SAMPLES_PER_MS) return text.trim();
      const weightPerMs = usualRate();
      const spoken = { text, levels: profile.levels(), complete, ...(weightPerMs ? { weightPerMs } : {}) };
      return heardText(spoken, (position - start) / SAMPLES_PER_MS);
    },
    rate: () => (complete ? speechRate(text, profile.levels()) : undefined),
  };
}
