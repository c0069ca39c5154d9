import { FRAME_SAMPLES, MULAW_SILENCE, SAMPLES_PER_MS } from './mulaw.ts';

/**
 * The buffer between a server's media messages and the caller's ear.
 *
 * It knows no clock: the line reads one frame per 20 ms, and everything follows from what was read.
 * 1. Audio is played in the order received; what was sent while nothing was buffered starts with the next frame.
 * 2. A mark is echoed once everything queued before it has finished playing, at once if nothing is left to play.
 * 3. `clear` drops what has not been played and echoes every pending mark at once.
 * 4. What would make the buffer longer than ten minutes is discarded.
 */
export interface PlaybackBuffer {
  /** Queues audio; false when it was discarded because ten minutes are already waiting. */
  enqueue(mulaw: Uint8Array): boolean;
  /** Queues a mark; the names to echo now (this one, or none). */
  mark(name: string): string[];
  /** Empties the buffer; the names to echo now. */
  clear(): string[];
  /** Plays the next 20 ms: the marks that what was played before has reached, then the frame (absent: silence). */
  read(): { reached: string[]; frame: Uint8Array | undefined };
  readonly bufferedMs: number;
}

/** More than this is never buffered (error 31931). */
const LONGEST_MS = 10 * 60 * 1000;

export function createPlaybackBuffer(): PlaybackBuffer {
  const pieces: Uint8Array[] = [];
  let marks: { name: string; position: number }[] = [];
  let headOffset = 0;
  let queued = 0;
  let started = 0;
  let finished = 0;

  const takeReached = (): string[] => {
    const reached = marks.filter((mark) => mark.position <= finished);
    if (reached.length > 0) marks = marks.filter((mark) => mark.position > finished);
    return reached.map((mark) => mark.name);
  };

  const takeFrame = (): Uint8Array | undefined => {
    if (started === queued) return undefined;
    const frame = new Uint8Array(FRAME_SAMPLES).fill(MULAW_SILENCE);
    let filled = 0;
    while (filled < FRAME_SAMPLES) {
      const head = pieces[0];
      if (!head) break;
      const part = head.subarray(headOffset, headOffset + FRAME_SAMPLES - filled);
      frame.set(part, filled);
      filled += part.length;
      headOffset += part.length;
      if (headOffset === head.length) {
        pieces.shift();
        headOffset = 0;
      }
    }
    started += filled;
    return frame;
  };

  return {
    enqueue: (mulaw) => {
      if ((queued - started + mulaw.length) / SAMPLES_PER_MS > LONGEST_MS) return false;
      if (mulaw.length > 0) pieces.push(mulaw);
      queued += mulaw.length;
      return true;
    },
    mark: (name) => {
      marks.push({ name, position: queued });
      return takeReached();
    },
    clear: () => {
      pieces.length = 0;
      headOffset = 0;
      started = queued;
      finished = queued;
      return takeReached();
    },
    read: () => {
      finished = started;
      return { reached: takeReached(), frame: takeFrame() };
    },
    get bufferedMs() {
      return (queued - started) / SAMPLES_PER_MS;
    },
  };
}
