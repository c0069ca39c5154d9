/**
 * What goes to the carrier, and what of it the caller has heard. Audio waits here and is sent just ahead of its time, so
 * that an interruption has little to take back; marks behind the pieces tell how far the carrier has played.
 *
 * A position is a sample of everything ever queued in this call (8 per ms): it only grows, so that a piece of speech is
 * found by its positions whatever was cleared before it.
 *
 * Invariants:
 * P1 The carrier holds at most `LEAD_MS` of audio that is not due yet, and gets more when it holds under `REFILL_MS`.
 * P2 A mark counts only in the generation that sent it: `clear` makes the carrier echo all that are pending, unplayed.
 * P3 `heard` never passes the next mark that is still awaited, whatever the clock says, and never goes back.
 * P4 A mark that never comes back holds `heard` up for no more than `MAX_PENDING` later ones.
 * P5 Nothing waits beyond `MAX_QUEUED_MS`: `enqueue` says how much it took.
 * P6 What has not been heard is kept, though it was sent: a pause sends it again.
 */
export interface Playout {
  /** Queues µ-law audio, returns how many samples found room. */
  enqueue(mulaw: Uint8Array): number;
  /** The next piece that is due, or nothing: call until nothing. Its payload is valid until the next call of any kind. */
  due(atMs: number): Piece | undefined;
  /** Takes a mark's echo; false if it is of an older generation or not ours. */
  markEchoed(name: string, atMs: number): boolean;
  /** The position up to which the caller has heard, estimated between two marks by the clock. */
  heard(atMs: number): number;
  /** Drops all that is queued or unheard and begins a new generation; returns the position that had been heard. */
  clear(atMs: number): number;
  /** Begins a new generation where the caller stopped hearing, and sends nothing of it until `resume`. */
  pause(atMs: number): void;
  resume(): void;
  /** The position behind the last sample queued, where the next one will be. */
  end(): number;
  /** The position behind the last sample sent. */
  sent(): number;
  /** True when all that was queued has been heard. */
  isIdle(): boolean;
  /** True while the carrier holds something that has not been heard. */
  isPlaying(): boolean;
  /** Milliseconds that wait here, not counting what the carrier holds. */
  queuedMs(): number;
}

export interface Piece {
  readonly payload: Uint8Array;
  /** To be sent as a mark right behind the payload. */
  readonly mark: string;
}

export const LEAD_MS = 300;
const REFILL_MS = 200;
const MAX_QUEUED_MS = 600_000;
const SAMPLES_PER_MS = 8;
const FIRST_CAPACITY = 2 ** 15; // 4 s
const MAX_PENDING = 50; // several seconds of marks: a carrier this far behind has lost some

/** One for each stream. Time is any monotonic clock in milliseconds, the same in all calls. */
export function createPlayout(): Playout {
  let ring = new Uint8Array(FIRST_CAPACITY);
  let generation = 1;
  let sent = 0;
  let end = 0;
  let dryAtMs = 0; // when the carrier has played all that it holds
  let heardPosition = 0;
  let heardAtMs = 0;
  let paused = false;
  let keptFrom = 0; // nothing before it is needed any more, heard or not
  const pending: number[] = []; // positions of marks not yet echoed, oldest first

  const heard = (atMs: number): number => {
    const next = pending[0];
    if (next === undefined) return heardPosition;
    return Math.min(next, heardPosition + Math.max(0, Math.floor((atMs - heardAtMs) * SAMPLES_PER_MS)));
  };
  const settle = (position: number, atMs: number): void => {
    heardPosition = Math.max(heardPosition, position);
    heardAtMs = atMs;
  };
  const forgetSent = (atMs: number): number => {
    const position = heard(atMs);
    settle(position, atMs);
    generation += 1;
    pending.length = 0;
    dryAtMs = atMs;
    return position;
  };

  return {
    enqueue(mulaw) {
      const length = Math.min(mulaw.length, MAX_QUEUED_MS * SAMPLES_PER_MS - (end - sent));
      // The room that a long answer took is given back before the next one.
      if (ring.length > FIRST_CAPACITY && sent === end && pending.length === 0) ring = new Uint8Array(FIRST_CAPACITY);
      ring = roomFor(ring, Math.max(keptFrom, heardPosition), end, length);
      const at = end & (ring.length - 1);
      const first = Math.min(length, ring.length - at);
      ring.set(mulaw.subarray(0, first), at);
      ring.set(mulaw.subarray(first, length), 0);
      end += length;
      return length;
    },
    due(atMs) {
      const heldMs = Math.max(0, dryAtMs - atMs);
      if (paused || sent === end || heldMs >= REFILL_MS) return undefined;
      const at = sent & (ring.length - 1);
      const length = Math.min(end - sent, Math.ceil((LEAD_MS - heldMs) * SAMPLES_PER_MS), ring.length - at);
      if (pending.length === 0) settle(sent, atMs);
      sent += length;
      dryAtMs = Math.max(dryAtMs, atMs) + length / SAMPLES_PER_MS;
      pending.push(sent);
      if (pending.length > MAX_PENDING) settle(pending.shift() ?? sent, atMs);
      return { payload: ring.subarray(at, at + length), mark: `${generation}.${sent}` };
    },
    markEchoed(name, atMs) {
      const position = positionOf(name, generation);
      const index = position === undefined ? -1 : pending.indexOf(position);
      if (position === undefined || index === -1) return false;
      pending.splice(0, index + 1);
      settle(position, atMs);
      return true;
    },
    heard,
    clear(atMs) {
      const position = forgetSent(atMs);
      paused = false;
      sent = end;
      keptFrom = end;
      if (ring.length > FIRST_CAPACITY) ring = new Uint8Array(FIRST_CAPACITY);
      return position;
    },
    pause(atMs) {
      paused = true;
      sent = Math.max(keptFrom, forgetSent(atMs));
    },
    resume() {
      paused = false;
    },
    end: () => end,
    sent: () => sent,
    isIdle: () => sent === end && pending.length === 0,
    isPlaying: () => pending.length > 0,
    queuedMs: () => (end - sent) / SAMPLES_PER_MS,
  };
}

function positionOf(mark: string, generation: number): number | undefined {
  const own = `${generation}.`;
  return mark.startsWith(own) ? Number(mark.slice(own.length)) : undefined;
}

function roomFor(ring: Uint8Array<ArrayBuffer>, from: number, end: number, more: number): Uint8Array<ArrayBuffer> {
  let capacity = ring.length;
  while (capacity < end - from + more) capacity *= 2;
  if (capacity === ring.length) return ring;
  const larger = new Uint8Array(capacity);
  for (let position = from; position < end;) {
    const at = position & (ring.length - 1);
    const to = position & (capacity - 1);
    const length = Math.min(end - position, ring.length - at, capacity - to);
    larger.set(ring.subarray(at, at + length), to);
    position += length;
  }
  return larger;
}
