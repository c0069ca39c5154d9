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
const FIRST_CAPACITY = 2 ** 14; // 2 s
const MAX_PENDING = 50; // several seconds of marks: a carrier this far behind has lost some

/** One for each stream. Time is any monotonic clock in milliseconds, the same in all calls. */
export function createPlayout(): Playout {
  return new Outlet();
}

class Outlet implements Playout {
  #ring = new Uint8Array(FIRST_CAPACITY);
  #generation = 1;
  #sent = 0;
  #end = 0;
  #dryAtMs = 0; // when the carrier has played all that it holds
  #heardPosition = 0;
  #heardAtMs = 0;
  #paused = false;
  #keptFrom = 0; // nothing before it is needed any more, heard or not
  readonly #pending: number[] = []; // positions of marks not yet echoed, oldest first

  enqueue(mulaw: Uint8Array): number {
    const end = this.#end;
    const length = Math.min(mulaw.length, MAX_QUEUED_MS * SAMPLES_PER_MS - (end - this.#sent));
    // The room that a long answer took is given back before the next one.
    if (this.isIdle()) this.#giveBackRoom();
    const ring = roomFor(this.#ring, Math.max(this.#keptFrom, this.#heardPosition), end, length);
    const at = end & (ring.length - 1);
    const first = Math.min(length, ring.length - at);
    ring.set(mulaw.subarray(0, first), at);
    ring.set(mulaw.subarray(first, length), 0);
    this.#ring = ring;
    this.#end = end + length;
    return length;
  }

  due(atMs: number): Piece | undefined {
    const heldMs = Math.max(0, this.#dryAtMs - atMs);
    if (this.#paused || this.#sent === this.#end || heldMs >= REFILL_MS) return undefined;
    const ring = this.#ring;
    const at = this.#sent & (ring.length - 1);
    const length = Math.min(this.#end - this.#sent, Math.ceil((LEAD_MS - heldMs) * SAMPLES_PER_MS), ring.length - at);
    if (this.#pending.length === 0) this.#settle(this.#sent, atMs);
    this.#sent += length;
    this.#dryAtMs = Math.max(this.#dryAtMs, atMs) + length / SAMPLES_PER_MS;
    this.#pending.push(this.#sent);
    if (this.#pending.length > MAX_PENDING) this.#settle(this.#pending.shift() ?? this.#sent, atMs);
    return { payload: ring.subarray(at, at + length), mark: `${this.#generation}.${this.#sent}` };
  }

  markEchoed(name: string, atMs: number): boolean {
    const position = positionOf(name, this.#generation);
    const index = position === undefined ? -1 : this.#pending.indexOf(position);
    if (position === undefined || index === -1) return false;
    this.#pending.splice(0, index + 1);
    this.#settle(position, atMs);
    return true;
  }

  heard(atMs: number): number {
    const next = this.#pending[0];
    if (next === undefined) return this.#heardPosition;
    const passed = Math.max(0, Math.floor((atMs - this.#heardAtMs) * SAMPLES_PER_MS));
    return Math.min(next, this.#heardPosition + passed);
  }

  clear(atMs: number): number {
    const position = this.#forgetSent(atMs);
    this.#paused = false;
    this.#sent = this.#end;
    this.#keptFrom = this.#end;
    this.#giveBackRoom();
    return position;
  }

  pause(atMs: number): void {
    this.#paused = true;
    this.#sent = Math.max(this.#keptFrom, this.#forgetSent(atMs));
  }

  resume(): void {
    this.#paused = false;
  }

  end(): number {
    return this.#end;
  }

  sent(): number {
    return this.#sent;
  }

  isIdle(): boolean {
    return this.#sent === this.#end && this.#pending.length === 0;
  }

  isPlaying(): boolean {
    return this.#pending.length > 0;
  }

  queuedMs(): number {
    return (this.#end - this.#sent) / SAMPLES_PER_MS;
  }

  #settle(position: number, atMs: number): void {
    this.#heardPosition = Math.max(this.#heardPosition, position);
    this.#heardAtMs = atMs;
  }

  #forgetSent(atMs: number): number {
    const position = this.heard(atMs);
    this.#settle(position, atMs);
    this.#generation += 1;
    this.#pending.length = 0;
    this.#dryAtMs = atMs;
    return position;
  }

  #giveBackRoom(): void {
    if (this.#ring.length > FIRST_CAPACITY) this.#ring = new Uint8Array(FIRST_CAPACITY);
  }
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
