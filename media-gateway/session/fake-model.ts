import type {
  ModelEvent,
  ModelToolResult,
  RealtimeModel,
  SessionChange,
  SessionConfig,
  SessionHandle,
} from '../../contracts/realtime-model.ts';

/** A model for tests, which says what it is told to say and keeps what it hears. */
export interface FakeModelSession {
  config: SessionConfig;
  texts: string[];
  /** What was signalled of the caller's turns, each edge with the audio that had arrived. */
  activity: { edge: 'start' | 'end'; heardMs: number }[];
  /** Milliseconds of caller audio that arrived. */
  heardMs: number;
  results: ModelToolResult[];
  /** Other instructions that it took while it was open. */
  changes: SessionChange[];
  /** How much of each answer that was cut had been heard, in milliseconds. */
  cuts: number[];
  stopped: boolean;
  emit(event: ModelEvent): void;
}

export class FakeModel implements RealtimeModel {
  readonly sessions: FakeModelSession[] = [];
  /** Outcomes of the next openings, in order; none: they succeed. */
  readonly refusals: Error[] = [];
  lifetimeMs?: number;
  /** Of sessions that open from here on. */
  thinksMs?: number;
  /** Takes other instructions while a session is open. */
  takesChanges = false;
  /** Goes by its own detection, whatever it is asked. */
  findsTurns = false;
  /** Openings wait for it. */
  gate: Promise<void> = Promise.resolve();

  async startSession(config: SessionConfig): Promise<SessionHandle> {
    await this.gate;
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    const kept: ModelEvent[] = [];
    this.sessions.push({
      config,
      texts: [],
      activity: [],
      heardMs: 0,
      results: [],
      changes: [],
      cuts: [],
      stopped: false,
      emit: (event) => void kept.push(event),
    });
    return {
      sessionId: String(this.sessions.length - 1),
      inputFormat: { encoding: 'pcm16le', sampleRateHz: 16_000 },
      outputFormat: { encoding: 'pcm16le', sampleRateHz: 24_000 },
      activity: this.findsTurns ? 'model' : config.activity,
      ...(this.thinksMs === undefined ? {} : { thinksMs: this.thinksMs }),
      ...(this.lifetimeMs === undefined ? {} : { lifetimeMs: this.lifetimeMs }),
    };
  }

  async sendAudio(sessionId: string, chunk: Buffer): Promise<void> {
    this.#of(sessionId).heardMs += chunk.length / 32;
  }

  async signalActivity(sessionId: string, edge: 'start' | 'end'): Promise<void> {
    const session = this.#of(sessionId);
    session.activity.push({ edge, heardMs: Math.round(session.heardMs) });
  }

  async sendText(sessionId: string, text: string): Promise<void> {
    this.#of(sessionId).texts.push(text);
  }

  async updateSession(sessionId: string, change: SessionChange): Promise<boolean> {
    if (this.takesChanges) this.#of(sessionId).changes.push(change);
    return this.takesChanges;
  }

  async sendToolResults(sessionId: string, results: readonly ModelToolResult[]): Promise<void> {
    this.#of(sessionId).results.push(...results);
  }

  async answerCut(sessionId: string, heardMs: number): Promise<void> {
    this.#of(sessionId).cuts.push(heardMs);
  }

  onEvent(sessionId: string, handler: (event: ModelEvent) => void): void {
    this.#of(sessionId).emit = handler;
  }

  async stopSession(sessionId: string): Promise<void> {
    this.#of(sessionId).stopped = true;
  }

  #of(sessionId: string): FakeModelSession {
    const session = this.sessions[Number(sessionId)];
    if (!session) throw new Error(`no session ${sessionId}`);
    return session;
  }
}
