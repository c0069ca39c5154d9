import type { LatencyProfile } from './assistant.ts';
import type { Json, JsonObject } from './tools.ts';

/** A realtime model as the gateway sees it. Capabilities are data (`media-gateway/models/`), differences stay inside the adapters. */
export interface RealtimeModel {
  /** Opens a session; rejects with `model-unavailable` or `model-refused`, never later than `config.connectTimeoutMs`. */
  startSession(config: SessionConfig): Promise<SessionHandle>;
  /** Audio in the format that the handle names. Called fifty times a second: never queues without a bound. */
  sendAudio(sessionId: string, chunk: Buffer): Promise<void>;
  /** Where `activity` is the client's: the caller's turn begins before the next audio, or ended with the last. */
  signalActivity(sessionId: string, edge: 'start' | 'end'): Promise<void>;
  sendText(sessionId: string, text: string): Promise<void>;
  /**
   * Gives an open session other instructions and tools; false, with nothing changed, where this one cannot take them.
   * What the model was at is not worth hearing any more: it is to be told something next.
   */
  updateSession(sessionId: string, change: SessionChange): Promise<boolean>;
  sendToolResults(sessionId: string, results: readonly ModelToolResult[]): Promise<void>;
  /** Playback of the last answer was stopped when the caller had heard so much of it. Models that reckon by themselves do nothing. */
  answerCut(sessionId: string, heardMs: number): Promise<void>;
  /** Events before the first handler are kept, bounded. */
  onEvent(sessionId: string, handler: (event: ModelEvent) => void): void;
  /** Resolves when the connection is closed. No event follows but, at once, the usage of the turn that was going on. */
  stopSession(sessionId: string): Promise<void>;
}

export interface SessionConfig {
  modelId: string;
  apiKey: string;
  /** Absent: the vendor's own address. */
  baseUrl?: string;
  systemInstruction: string;
  language: string;
  voice: string;
  temperature?: number;
  latencyProfile: LatencyProfile;
  /** Whether the model may stop speaking by itself when the caller begins to. */
  bargeIn: boolean;
  /** Who finds the caller's turns. The client's model hears them alone, each between its two signals. */
  activity: 'client' | 'model';
  tools: readonly ModelTool[];
  /** Takes the conversation up where an earlier connection left it. */
  resumptionHandle?: string;
  /** What was said so far, where there is no handle. */
  seed?: readonly { speaker: 'caller' | 'assistant'; text: string }[];
  connectTimeoutMs: number;
}

/** What makes a session an assistant's. */
export type SessionChange = Omit<
  SessionConfig,
  'modelId' | 'apiKey' | 'baseUrl' | 'resumptionHandle' | 'seed' | 'connectTimeoutMs'
>;

export interface ModelTool {
  name: string;
  description: string;
  parameters: JsonObject;
}

export interface ModelToolResult {
  id: string;
  name: string;
  response: JsonObject;
}

export interface SessionHandle {
  sessionId: string;
  inputFormat: AudioFormat;
  outputFormat: AudioFormat;
  /** Whose detection of the caller's turns it goes by, whatever was asked for; absent: the model's. */
  activity?: 'client' | 'model';
  /** How long this model may think before it answers, where that is longer than others do. */
  thinksMs?: number;
  /** How long the vendor keeps the connection at most, whether or not it announces the end. */
  lifetimeMs?: number;
}

export interface AudioFormat {
  encoding: 'pcm16le' | 'mulaw';
  sampleRateHz: 8000 | 16000 | 24000;
}

export interface ModelUsage {
  textIn: number;
  audioIn: number;
  textOut: number;
  audioOut: number;
  thoughts: number;
  cached: number;
}

export type ModelEvent =
  | { type: 'audio'; audio: Buffer }
  /** `spokenMsAgo`: how long ago the speech ended whose text it is, where the model says which speech that was. */
  | { type: 'callerTranscript'; text: string; spokenMsAgo?: number }
  | { type: 'assistantTranscript'; text: string }
  /** The model stopped before the end of its answer, because the caller spoke or by a fault of its own. */
  | { type: 'interrupted' }
  | { type: 'generationComplete' }
  | { type: 'turnComplete' }
  | { type: 'toolCall'; calls: readonly { id: string; name: string; args: Json }[] }
  | { type: 'toolCallCancelled'; ids: readonly string[] }
  | { type: 'goAway'; timeLeftMs: number }
  | { type: 'resumption'; handle: string; resumable: boolean }
  /** Tokens since the last such event, by modality. */
  | { type: 'usage'; usage: ModelUsage }
  /** The last event of a session. */
  | { type: 'closed'; code: number; reason: string };
