import type { ModelEvent, ModelUsage, SessionChange, SessionConfig } from '../../contracts/realtime-model.ts';
import type { Json } from '../../contracts/tools.ts';

/** What the server sends, as far as we read it. */
export interface ServerEvent {
  type?: string;
  response_id?: string;
  item_id?: string;
  delta?: string;
  transcript?: string;
  call_id?: string;
  name?: string;
  arguments?: string;
  response?: { id?: string; status?: string; usage?: ResponseUsage };
  error?: { type?: string; code?: string; message?: string };
}

interface ResponseUsage {
  input_tokens?: number;
  output_tokens?: number;
  input_token_details?: { text_tokens?: number; audio_tokens?: number; cached_tokens?: number };
  output_token_details?: { text_tokens?: number; audio_tokens?: number };
}

/** The settings of a session: µ-law in and out, so that nothing is resampled on the way to a telephone. */
export function sessionUpdate(config: SessionConfig): object {
  const { input, ...settings } = settingsOf(config);
  return {
    type: 'session.update',
    session: {
      ...settings,
      output_modalities: ['audio'],
      audio: { input: { format, ...input }, output: { format, voice: voiceOf(config.voice) } },
    },
  };
}

/** What may change while a session is open; undefined where its voice would: that stays once it was heard. */
export function changeUpdate(before: SessionChange, change: SessionChange): object | undefined {
  if (voiceOf(before.voice) !== voiceOf(change.voice)) return undefined;
  const { input, ...settings } = settingsOf(change);
  return { type: 'session.update', session: { ...settings, audio: { input } } };
}

const format = { type: 'audio/pcmu' };

function settingsOf(config: SessionChange) {
  return {
    type: 'realtime',
    instructions: config.systemInstruction,
    input: {
      transcription: { model: 'gpt-4o-mini-transcribe', language: config.language.split('-')[0] ?? 'en' },
      turn_detection: config.activity === 'client' ? null : detectionOf(config),
    },
    tools: config.tools.map(({ name, description, parameters }) => ({
      type: 'function',
      name,
      description,
      parameters,
    })),
    tool_choice: 'auto',
  };
}

function detectionOf({ latencyProfile, bargeIn }: SessionChange): object {
  return {
    type: 'server_vad',
    silence_duration_ms: SILENCE_MS[latencyProfile],
    create_response: true,
    interrupt_response: bargeIn,
  };
}

const SILENCE_MS: Readonly<Record<SessionConfig['latencyProfile'], number>> = {
  fast: 400,
  balanced: 600,
  patient: 900,
};

const ownVoices: ReadonlySet<string> = new Set([
  'alloy',
  'ash',
  'ballad',
  'coral',
  'echo',
  'sage',
  'shimmer',
  'verse',
  'marin',
  'cedar',
]);
/** Of the voices that tenants may name, those of men; all others are spoken by a woman's voice. */
const menVoices: ReadonlySet<string> = new Set(['Puck', 'Charon', 'Fenrir', 'Orus', 'Enceladus', 'Iapetus', 'Algieba']);

/** A voice of another vendor is spoken by the one of the same sex. */
function voiceOf(voice: string): string {
  if (ownVoices.has(voice)) return voice;
  return menVoices.has(voice) ? 'cedar' : 'marin';
}

/** A message of the conversation: `system` for what the telephone system says. */
export function messageItem(role: 'user' | 'assistant' | 'system', text: string): object {
  const content = [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }];
  return { type: 'conversation.item.create', item: { type: 'message', role, content } };
}

/** A function call as its event tells it; arguments that are no JSON are none. */
export function toolCallOf({ call_id = '', name = '', arguments: text = '' }: ServerEvent): ModelEvent {
  let args: Json = {};
  try {
    args = JSON.parse(text);
  } catch {
    args = {};
  }
  return { type: 'toolCall', calls: [{ id: call_id, name, args }] };
}

/** Tokens of one response by modality. */
export function usageOf({
  input_token_details: input,
  output_token_details: output,
  ...all
}: ResponseUsage): ModelUsage {
  const audioIn = input?.audio_tokens ?? 0;
  const audioOut = output?.audio_tokens ?? 0;
  return {
    textIn: input?.text_tokens ?? Math.max(0, (all.input_tokens ?? 0) - audioIn),
    audioIn,
    textOut: output?.text_tokens ?? Math.max(0, (all.output_tokens ?? 0) - audioOut),
    audioOut,
    thoughts: 0,
    cached: input?.cached_tokens ?? 0,
  };
}
