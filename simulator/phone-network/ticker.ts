import { FRAME_MS } from './mulaw.ts';

/**
 * The network's one clock for audio.
 *
 * Every line gets its frames from one timer: frame `k` of a line is due at `zeroMs + 20 k`, computed from the line's
 * zero and never added up, so that nothing drifts; after a stall the missed frames come at once, in order. Lines are
 * spread over four phases 5 ms apart, so that hundreds of calls do not all speak in the same instant. Without lines
 * no timer runs.
 */
export interface Ticker {
  /** Starts frames for one line; `onFrame` gets its index from 0. Returns the line's zero on the clock and its end. */
  add(onFrame: (frameIndex: number) => void): { zeroMs: number; stop: () => void };
  close(): void;
}

export interface TickerOptions {
  /** A monotonic clock in milliseconds of call time. */
  nowMs: () => number;
  /** Call time per real time; above 1 only in tests. */
  speed?: number;
}

interface Subscriber {
  zeroMs: number;
  nextFrame: number;
  phase: number;
  onFrame: (frameIndex: number) => void;
}

const PHASES = 4;
const PHASE_MS = FRAME_MS / PHASES;

export function createTicker({ nowMs, speed = 1 }: TickerOptions): Ticker {
  const subscribers = new Set<Subscriber>();
  const perPhase = Array.from({ length: PHASES }, () => 0);
  let timer: NodeJS.Timeout | undefined;

  const wake = (): void => {
    timer = undefined;
    const now = nowMs();
    for (const subscriber of subscribers) runDueFrames(subscriber, now, subscribers);
    arm();
  };

  const arm = (): void => {
    if (timer !== undefined || subscribers.size === 0) return;
    const now = nowMs();
    const nextSlotMs = (Math.floor(now / PHASE_MS) + 1) * PHASE_MS;
    timer = setTimeout(wake, (nextSlotMs - now) / speed);
  };

  return {
    add: (onFrame) => {
      const phase = perPhase.indexOf(Math.min(...perPhase));
      perPhase[phase] = (perPhase[phase] ?? 0) + 1;
      const offsetMs = phase * PHASE_MS;
      const zeroMs = Math.floor((nowMs() - offsetMs) / FRAME_MS) * FRAME_MS + offsetMs;
      const subscriber = { zeroMs, nextFrame: 0, phase, onFrame };
      subscribers.add(subscriber);
      arm();
      return {
        zeroMs,
        stop: () => {
          if (subscribers.delete(subscriber)) perPhase[phase] = (perPhase[phase] ?? 1) - 1;
        },
      };
    },
    close: () => {
      subscribers.clear();
      clearTimeout(timer);
    },
  };
}

function runDueFrames(subscriber: Subscriber, now: number, live: Set<Subscriber>): void {
  while (subscriber.zeroMs + subscriber.nextFrame * FRAME_MS <= now && live.has(subscriber)) {
    const frame = subscriber.nextFrame;
    subscriber.nextFrame += 1;
    subscriber.onFrame(frame);
  }
}
