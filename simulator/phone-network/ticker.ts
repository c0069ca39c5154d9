import { FRAME_MS } from './mulaw.ts';

/**
 * The network's one clock for audio.
 *
 * Time is cut into slots of 5 ms, a quarter of a frame; each line has its phase, so that hundreds of calls do not
 * all speak in the same instant, and gets frame `k` at `zeroMs + 20 k`. Due times are computed, never added up, so
 * that nothing drifts; after a stall all missed slots run at once, in order of time over all lines, so that joined
 * lines stay in step. One timer serves all lines; without lines none runs.
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
  /** Told of what a line's frame throws. */
  onError?: (error: unknown) => void;
}

interface Subscriber {
  firstSlot: number;
  onFrame: (frameIndex: number) => void;
}

const SLOTS_PER_FRAME = 4;
const SLOT_MS = FRAME_MS / SLOTS_PER_FRAME;

export function createTicker({ nowMs, speed = 1, onError = rethrow }: TickerOptions): Ticker {
  const phases = Array.from({ length: SLOTS_PER_FRAME }, () => new Set<Subscriber>());
  let lastSlot = 0;
  let timer: NodeJS.Timeout | undefined;

  const slotNow = (): number => Math.floor(nowMs() / SLOT_MS);
  const isIdle = (): boolean => phases.every((phase) => phase.size === 0);

  // A fault on one line must not stop the clock of all others.
  const runFrame = (onFrame: Subscriber['onFrame'], frameIndex: number): void => {
    try {
      onFrame(frameIndex);
    } catch (error) {
      onError(error);
    }
  };

  const wake = (): void => {
    timer = undefined;
    for (const until = slotNow(); lastSlot < until;) {
      lastSlot += 1;
      for (const { firstSlot, onFrame } of phases[lastSlot % SLOTS_PER_FRAME] ?? []) {
        if (lastSlot >= firstSlot) runFrame(onFrame, (lastSlot - firstSlot) / SLOTS_PER_FRAME);
      }
    }
    arm();
  };

  const arm = (): void => {
    if (timer !== undefined || isIdle()) return;
    timer = setTimeout(wake, Math.max(0, (lastSlot + 1) * SLOT_MS - nowMs()) / speed);
  };

  return {
    add: (onFrame) => {
      if (isIdle()) lastSlot = slotNow();
      const least = Math.min(...phases.map(({ size }) => size));
      const waits = [1, 2, 3, 4].find((wait) => phases[(lastSlot + wait) % SLOTS_PER_FRAME]?.size === least) ?? 1;
      const subscriber = { firstSlot: lastSlot + waits, onFrame };
      const phase = phases[subscriber.firstSlot % SLOTS_PER_FRAME];
      phase?.add(subscriber);
      arm();
      return { zeroMs: subscriber.firstSlot * SLOT_MS, stop: () => void phase?.delete(subscriber) };
    },
    close: () => {
      for (const phase of phases) phase.clear();
      clearTimeout(timer);
    },
  };
}

function rethrow(error: unknown): never {
  throw error;
}
