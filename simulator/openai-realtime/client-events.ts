import { isRecord, listAt, parseJson, recordAt, stringAt, valueAt, type JsonRecord } from '../realtime-model/json.ts';
import { checkShape, type Shape } from '../realtime-model/wire-shapes.ts';

/** An error event of the server; the session stays open. */
export interface EventError {
  readonly error: true;
  readonly code: string;
  readonly message: string;
  readonly param?: string;
  readonly eventId?: string;
}

const format: Shape = { type: 'open', rate: 'open' };
const content: Shape = [{ type: 'open', text: 'open', audio: 'open', transcript: 'open' }];
const tools: Shape = [{ type: 'open', name: 'open', description: 'open', parameters: 'open' }];
const item: Shape = {
  id: 'open',
  type: 'open',
  object: 'open',
  status: 'open',
  role: 'open',
  content,
  call_id: 'open',
  name: 'open',
  arguments: 'open',
  output: 'open',
};
const session: Shape = {
  type: 'open',
  output_modalities: 'open',
  instructions: 'open',
  model: 'open',
  audio: {
    input: {
      format,
      noise_reduction: 'open',
      transcription: { model: 'open', language: 'open', prompt: 'open' },
      turn_detection: {
        type: 'open',
        threshold: 'open',
        prefix_padding_ms: 'open',
        silence_duration_ms: 'open',
        create_response: 'open',
        interrupt_response: 'open',
        idle_timeout_ms: 'open',
        eagerness: 'open',
      },
    },
    output: { format, voice: 'open', speed: 'open' },
  },
  tools,
  tool_choice: 'open',
  max_output_tokens: 'open',
  truncation: 'open',
  reasoning: { effort: 'open' },
  parallel_tool_calls: 'open',
  include: 'open',
  prompt: 'open',
  tracing: 'open',
};
const common = { type: 'open', event_id: 'open' } as const;

/** Every event that a client may send. */
const events: Readonly<Record<string, Shape>> = {
  'session.update': { ...common, session },
  'input_audio_buffer.append': { ...common, audio: 'open' },
  'input_audio_buffer.commit': common,
  'input_audio_buffer.clear': common,
  'conversation.item.create': { ...common, previous_item_id: 'open', item },
  'conversation.item.truncate': { ...common, item_id: 'open', content_index: 'open', audio_end_ms: 'open' },
  'response.create': { ...common, response: 'open' },
  'response.cancel': { ...common, response_id: 'open' },
};

export interface ClientEvent {
  readonly type: string;
  readonly value: JsonRecord;
}

/** A client's event, or the error that answers it. Unknown events and fields are errors, as with the vendor. */
export function readClientEvent(text: string): ClientEvent | EventError {
  const value = parseJson(text);
  if (!isRecord(value)) return refusal('invalid_json', 'The event is no JSON object.', value);
  const type = stringAt(value, 'type') ?? '';
  const shape = events[type];
  if (!shape) return refusal('invalid_value', `Invalid value: '${type}'.`, value, 'type');
  const unknown = checkShape(value, shape, '');
  if (unknown) return refusal('unknown_parameter', `Unknown parameter: ${unknown.detail}`, value);
  return { type, value };
}

export function isError(value: object): value is EventError {
  return 'error' in value && value.error === true;
}

export function refusal(code: string, message: string, event?: unknown, param?: string): EventError {
  const eventId = stringAt(event, 'event_id');
  return { error: true, code, message, ...(param && { param }), ...(eventId && { eventId }) };
}

/** The settings of a session, as far as this server acts on them. */
export interface SessionSettings {
  readonly instructions: string;
  readonly tools: readonly string[];
  readonly voice: string;
  /** Whether the server finds the caller's turns. */
  readonly automatic: boolean;
  readonly silenceMs: number;
  readonly interrupts: boolean;
  readonly createsResponses: boolean;
  readonly transcribes: boolean;
}

export const firstSettings: SessionSettings = {
  instructions: '',
  tools: [],
  voice: 'marin',
  automatic: true,
  silenceMs: 500,
  interrupts: true,
  createsResponses: true,
  transcribes: false,
};

const voices = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar'];

/** What a `session.update` makes of the settings, or the error. Only µ-law in and out: nothing else is spoken here. */
export function updatedSettings(
  before: SessionSettings,
  update: JsonRecord,
  { model, hasSpoken }: { readonly model: string; readonly hasSpoken: boolean },
): SessionSettings | EventError {
  const wanted = recordAt(update, 'session');
  const bad = (message: string, param: string): EventError => refusal('invalid_value', message, update, param);
  if (stringAt(wanted, 'type') !== 'realtime')
    return bad("Missing required parameter: 'session.type'.", 'session.type');
  const modalities = listAt(wanted, 'output_modalities');
  if (modalities.length > 0 && modalities.join() !== 'audio')
    return bad('Only audio is spoken here.', 'session.output_modalities');
  for (const way of ['input', 'output']) {
    const type = stringAt(wanted, 'audio', way, 'format', 'type');
    if (type !== undefined && type !== 'audio/pcmu')
      return bad(`Invalid format '${type}'.`, `session.audio.${way}.format`);
  }
  const voice = stringAt(wanted, 'audio', 'output', 'voice') ?? before.voice;
  if (!voices.includes(voice)) return bad(`Invalid value: '${voice}'.`, 'session.audio.output.voice');
  if (hasSpoken && voice !== before.voice) {
    const message = 'Cannot update a conversation voice if assistant audio is present.';
    return refusal('cannot_update_voice', message, update, 'session.audio.output.voice');
  }
  if ((stringAt(wanted, 'model') ?? model) !== model) return bad('The model cannot be changed.', 'session.model');
  const declared = listAt(wanted, 'tools');
  if (declared.some((tool) => stringAt(tool, 'type') !== 'function' || stringAt(tool, 'name') === undefined))
    return bad('A tool is a function with a name.', 'session.tools');
  const detection = recordAt(wanted, 'audio', 'input', 'turn_detection');
  if (detection && stringAt(detection, 'type') !== 'server_vad')
    return bad('Only server_vad is offered here.', 'session.audio.input.turn_detection.type');
  const isNull = valueAt(wanted, 'audio', 'input', 'turn_detection') === null;
  const silence = valueAt(detection, 'silence_duration_ms');
  return {
    instructions: stringAt(wanted, 'instructions') ?? before.instructions,
    tools: 'tools' in (wanted ?? {}) ? declared.map((tool) => stringAt(tool, 'name') ?? '') : before.tools,
    voice,
    automatic: detection ? true : isNull ? false : before.automatic,
    silenceMs: typeof silence === 'number' && silence > 0 ? silence : before.silenceMs,
    interrupts: detection ? valueAt(detection, 'interrupt_response') !== false : before.interrupts,
    createsResponses: detection ? valueAt(detection, 'create_response') !== false : before.createsResponses,
    transcribes: recordAt(wanted, 'audio', 'input', 'transcription') ? true : before.transcribes,
  };
}
