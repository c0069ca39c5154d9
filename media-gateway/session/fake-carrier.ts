/** A carrier that plays in the time of the hand-held clock and echoes marks as the real one does. */
export class FakeCarrier {
  playedMs = 0;
  clears = 0;
  /** How long the caller had been heard at each clear that was for his sake. */
  readonly soundsMs: number[] = [];
  closed = false;
  #queue: { untilMs: number; mark: string }[] = [];
  #dryAtMs = 0;
  readonly #nowMs: () => number;
  readonly #echo: (mark: string) => void;

  constructor(nowMs: () => number, echo: (mark: string) => void) {
    this.#nowMs = nowMs;
    this.#echo = echo;
  }

  play(mulaw: Uint8Array, mark: string): void {
    this.#dryAtMs = Math.max(this.#dryAtMs, this.#nowMs()) + mulaw.length / 8;
    this.playedMs += mulaw.length / 8;
    this.#queue.push({ untilMs: this.#dryAtMs, mark });
  }

  clear(soundMs?: number): void {
    this.clears += 1;
    if (soundMs !== undefined) this.soundsMs.push(soundMs);
    this.playedMs -= Math.max(0, this.#dryAtMs - this.#nowMs());
    this.#dryAtMs = this.#nowMs();
    for (const { mark } of this.#queue.splice(0)) this.#echo(mark);
  }

  close(): void {
    this.closed = true;
  }

  echoPlayed(): void {
    while (this.#queue[0] && this.#queue[0].untilMs <= this.#nowMs()) this.#echo(this.#queue.shift()?.mark ?? '');
  }
}
