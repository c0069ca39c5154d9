import type { ModelEvent, ModelUsage } from '../../contracts/realtime-model.ts';
import type { Json } from '../../contracts/tools.ts';

/** What the vendor sends, as far as we read it. One message may hold several of these at once. */
export interface ServerMessage {
  setupComplete?: unknown;
  serverContent?: {
    modelTurn?: { parts?: readonly { inlineData?: InlineData }[] };
    inputTranscription?: { text?: string };
    outputTranscription?: { text?: string };
    interrupted?: boolean;
    generationComplete?: boolean;
    turnComplete?: boolean;
    /** Absent where a turn ended as it should. */
    turnCompleteReason?: string;
  };
  toolCall?: { functionCalls?: readonly { id?: string; name?: string; args?: Json }[] };
  toolCallCancellation?: { ids?: readonly string[] };
  goAway?: { timeLeft?: string };
  sessionResumptionUpdate?: { newHandle?: string; resumable?: boolean };
  usageMetadata?: UsageMetadata;
}

interface InlineData {
  mimeType?: string;
  /** In base64; empty where `audio` holds it. */
  data?: string;
  audio?: Buffer;
}

export interface UsageMetadata {
  promptTokenCount?: number;
  cachedContentTokenCount?: number;
  responseTokenCount?: number;
  toolUsePromptTokenCount?: number;
  thoughtsTokenCount?: number;
  promptTokensDetails?: readonly TokenDetail[];
  responseTokensDetails?: readonly TokenDetail[];
}

interface TokenDetail {
  modality?: string;
  tokenCount?: number;
}

/** The events in one message, in the order in which they take effect. Usage and calls are handled by the adapter. */
export function eventsOf(message: ServerMessage): ModelEvent[] {
  const events: ModelEvent[] = [];
  const { serverContent, toolCallCancellation, goAway, sessionResumptionUpdate } = message;
  if (serverContent?.inputTranscription?.text) {
    events.push({ type: 'callerTranscript', text: serverContent.inputTranscription.text });
  }
  if (serverContent?.interrupted) events.push({ type: 'interrupted' });
  for (const { inlineData } of serverContent?.modelTurn?.parts ?? []) {
    if (!inlineData?.mimeType?.startsWith('audio/pcm')) continue;
    const { data, audio = data && Buffer.from(data, 'base64') } = inlineData;
    if (audio) events.push({ type: 'audio', audio });
  }
  if (serverContent?.outputTranscription?.text) {
    events.push({ type: 'assistantTranscript', text: serverContent.outputTranscription.text });
  }
  if (serverContent?.generationComplete) events.push({ type: 'generationComplete' });
  if (isBrokenOff(serverContent)) events.push({ type: 'interrupted' });
  if (serverContent?.turnComplete) events.push({ type: 'turnComplete' });
  if (toolCallCancellation?.ids?.length) events.push({ type: 'toolCallCancelled', ids: toolCallCancellation.ids });
  if (sessionResumptionUpdate) {
    const { newHandle = '', resumable = false } = sessionResumptionUpdate;
    events.push({ type: 'resumption', handle: newHandle, resumable: resumable && newHandle !== '' });
  }
  if (goAway) events.push({ type: 'goAway', timeLeftMs: durationMs(goAway.timeLeft) });
  return events;
}

/** Whether a turn is over that the model itself would have gone on with: by a function that it could not call, or a filter. */
function isBrokenOff({ turnComplete, turnCompleteReason: reason }: NonNullable<ServerMessage['serverContent']> = {}) {
  if (!turnComplete || reason === undefined) return false;
  return reason !== 'NEED_MORE_INPUT' && reason !== 'TURN_COMPLETE_REASON_UNSPECIFIED';
}

/** Tokens by modality; what the details do not account for is text. */
export function usageOf(metadata: UsageMetadata): ModelUsage {
  const audioIn = tokensOf(metadata.promptTokensDetails, 'AUDIO');
  const audioOut = tokensOf(metadata.responseTokensDetails, 'AUDIO');
  return {
    textIn: Math.max(0, (metadata.promptTokenCount ?? 0) - audioIn) + (metadata.toolUsePromptTokenCount ?? 0),
    audioIn,
    textOut: Math.max(0, (metadata.responseTokenCount ?? 0) - audioOut),
    audioOut,
    thoughts: metadata.thoughtsTokenCount ?? 0,
    cached: metadata.cachedContentTokenCount ?? 0,
  };
}

function tokensOf(details: readonly TokenDetail[] | undefined, modality: string): number {
  return (details ?? []).reduce(
    (sum, detail) => sum + (detail.modality === modality ? (detail.tokenCount ?? 0) : 0),
    0,
  );
}

/** A protobuf duration such as `50s` or `1.5s`; nothing readable counts as no time left. */
function durationMs(text: string | undefined): number {
  const seconds = Number(/^([\d.]+)s$/.exec(text ?? '')?.[1] ?? 0);
  return Number.isFinite(seconds) ? Math.round(seconds * 1000) : 0;
}
