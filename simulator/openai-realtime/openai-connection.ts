import type { Delays } from '../realtime-model/delays.ts';
import type { Hearing } from '../realtime-model/hearing.ts';
import type { JsonRecord } from '../realtime-model/json.ts';
import type { AsksToSpeak, MindEvent, MindState } from '../realtime-model/mind.ts';
import type { TrapSet } from '../realtime-model/model-traps.ts';
import type { SessionRecord } from '../realtime-model/session-record.ts';
import type { ModelRule, Scenario } from '../scenarios/scenario.ts';
import type { EventError, SessionSettings } from './client-events.ts';
import type { OpenAiTrapName } from './openai-traps.ts';
import type { SpokenStep } from './spoken-pieces.ts';

export interface OpenAiWire {
  send(text: string): void;
  close(code: number, reason: string): void;
}

export interface OpenAiSessionOptions {
  readonly record: SessionRecord;
  readonly model: string;
  readonly scenario: Scenario;
  readonly traps: TrapSet<OpenAiTrapName>;
  readonly wire: OpenAiWire;
  readonly random: () => number;
  readonly newId: (kind: string) => string;
  /** Called for whatever the real server answers with an error event. */
  readonly onViolation: (detail: string) => void;
}

/** An answer that is being given. */
export interface Response {
  readonly id: string;
  readonly itemId: string;
  /** What it answers. */
  readonly about: MindEvent | undefined;
  readonly rule: ModelRule | undefined;
  readonly startMs: number;
  readonly steps: SpokenStep[];
  text: string;
  sentMs: number;
}

/** What the parts of a session share: the connection's means, and what is known so far. */
export interface OpenAiConnection extends OpenAiSessionOptions {
  readonly delays: Delays;
  /** How much audio each of the assistant's items holds, truncations taken off. */
  readonly audioMsOf: Map<string, number>;
  /** Sends an event; `text` is what the record shows of it. */
  readonly send: (type: string, fields?: JsonRecord, text?: string) => void;
  readonly sendError: (type: string, error: Omit<EventError, 'error'>) => void;
  /** Answers what the client did wrong; the session goes on. */
  readonly refuse: (error: EventError) => void;
  /** The end of the hour. */
  readonly expire: () => void;
  /** Takes an armed trap and writes it down; false where it is not armed. */
  readonly take: (name: OpenAiTrapName) => boolean;
  nowMs: number;
  settings: SessionSettings;
  /** Undefined until the first `session.update`. */
  hearing: Hearing | undefined;
  mind: MindState;
  asks: AsksToSpeak | undefined;
  /** What was said, by either side, as far as the session has heard, spoken or been told it. */
  known: string;
  /** What has happened since the last response began. */
  news: MindEvent | undefined;
  response: Response | undefined;
  hasSpoken: boolean;
  /** Of the caller's turn that is being heard. */
  inputId: string;
  /** Writes down a turn of the caller that waits until the next one was written down. */
  heldTranscription: (() => void) | undefined;
  /** How many answers were heard. */
  answered: number;
}
