import { AudioTrack } from './audio-track.ts';
import type { LineSound } from './line-sound.ts';
import { FRAME_MS, FRAME_SAMPLES, SILENT_FRAME } from './mulaw.ts';
import type { Ticker } from './ticker.ts';

/** Where sound comes from, 20 ms at a time; an absent frame is silence. */
export interface AudioSource {
  read(): Uint8Array | undefined;
}

/** 20 ms of a line: what its person heard and said from `atMs` on. */
export interface LineFrame {
  atMs: number;
  heard: Uint8Array;
  said: Uint8Array;
}

/** Who holds the phone: hears a frame and says one. */
export interface Talker {
  frame(atMs: number, heard: Uint8Array): Uint8Array | undefined;
}

export type WaitResult = 'done' | 'aborted';

/**
 * One person's line, from the first ring until it is closed: at each frame the source plays, the person hears and
 * speaks, and everybody who listens gets both. All waiting in a call counts the frames of its line.
 *
 * 1. At most one source plays to the person; setting another replaces it.
 * 2. What was heard and said is kept sample for sample on the line's timeline, whose zero is the line's first frame.
 * 3. After `close` no frame comes and every wait has ended.
 */
export class Line {
  readonly heard = new AudioTrack();
  readonly said = new AudioTrack();
  /** The line's zero on the network's clock. */
  readonly zeroMs: number;
  #source: AudioSource | undefined;
  #talker: Talker | undefined;
  readonly #sound: LineSound | undefined;
  #nowMs = 0;
  #closed = false;
  readonly #listeners = new Set<(frame: LineFrame) => void>();
  readonly #stop: () => void;
  readonly #closing = new AbortController();

  constructor(ticker: Ticker, sound?: LineSound) {
    this.#sound = sound;
    const { zeroMs, stop } = ticker.add((frameIndex) => this.#tick(frameIndex));
    this.zeroMs = zeroMs;
    this.#stop = stop;
  }

  /** Milliseconds on the timeline: the start of the newest frame. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Lets a person speak and hear from the next frame on. */
  connect(talker: Talker): void {
    this.#talker = talker;
  }

  /** Sets who plays to the person; undefined is silence. */
  setSource(source: AudioSource | undefined): void {
    this.#source = source;
  }

  /** Takes a source away, unless another has replaced it. */
  clearSource(source: AudioSource): void {
    if (this.#source === source) this.#source = undefined;
  }

  /** Calls back for every frame until the returned function is called. */
  onFrame(listener: (frame: LineFrame) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Waits until `isDone` says so for a frame; aborted when the signal fires or the line closes. */
  until(signal: AbortSignal, isDone: (frame: LineFrame) => boolean): Promise<WaitResult> {
    if (signal.aborted || this.#closed) return Promise.resolve('aborted');
    return new Promise((resolve) => {
      const finish = (result: WaitResult): void => {
        stopListening();
        signal.removeEventListener('abort', onAbort);
        this.#closing.signal.removeEventListener('abort', onAbort);
        resolve(result);
      };
      const onAbort = (): void => finish('aborted');
      const stopListening = this.onFrame((frame) => {
        if (isDone(frame)) finish('done');
      });
      signal.addEventListener('abort', onAbort);
      this.#closing.signal.addEventListener('abort', onAbort);
    });
  }

  /** Waits for a number of milliseconds of the line's time. */
  wait(durationMs: number, signal: AbortSignal): Promise<WaitResult> {
    const untilMs = this.#nowMs + durationMs;
    return this.until(signal, (frame) => frame.atMs >= untilMs);
  }

  /** Plays mu-law audio to its end, or until the signal fires. */
  async play(mulaw: Uint8Array, signal: AbortSignal): Promise<WaitResult> {
    let position = 0;
    const source: AudioSource = {
      read: () => {
        if (position >= mulaw.length) return undefined;
        const frame = mulaw.subarray(position, position + FRAME_SAMPLES);
        position += FRAME_SAMPLES;
        return frame.length === FRAME_SAMPLES ? frame : padded(frame);
      },
    };
    if (signal.aborted || this.#closed) return 'aborted';
    this.setSource(source);
    const endMs = Math.ceil(mulaw.length / FRAME_SAMPLES) * FRAME_MS;
    let startMs: number | undefined;
    const result = await this.until(signal, (frame) => {
      startMs ??= frame.atMs;
      return frame.atMs >= startMs + endMs;
    });
    this.clearSource(source);
    return result;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    this.#source = undefined;
    this.#closing.abort();
    this.#listeners.clear();
  }

  #tick(frameIndex: number): void {
    const atMs = frameIndex * FRAME_MS;
    this.#nowMs = atMs;
    const heard = this.#source?.read() ?? SILENT_FRAME;
    this.heard.append(atMs, heard);
    const voice = this.#talker?.frame(atMs, heard) ?? SILENT_FRAME;
    if (this.#closed) return;
    const said = this.#talker && this.#sound ? this.#sound(voice, heard) : voice;
    this.said.append(atMs, said);
    const frame = { atMs, heard, said };
    for (const listener of this.#listeners) listener(frame);
  }
}

function padded(part: Uint8Array): Uint8Array {
  const frame = SILENT_FRAME.slice();
  frame.set(part);
  return frame;
}
