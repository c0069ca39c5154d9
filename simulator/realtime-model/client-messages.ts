import { declaredTools, isToolList, textOf, type DeclaredTool } from './check-setup.ts';
import { isRecord, listAt, parseJson, recordAt, stringAt, valueAt, type JsonRecord } from './json.ts';
import type { ModelRow } from './model-rows.ts';
import { invalid, unknownField, type Refusal } from './refusal.ts';
import { checkShape, clientMessages } from './wire-shapes.ts';

/** What a client may say after its setup. */
export type ClientMessage =
  | { readonly kind: 'audio'; readonly pcm: Int16Array; readonly sampleRateHz: number }
  | { readonly kind: 'video' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'audioStreamEnd' }
  | { readonly kind: 'activityStart' }
  | { readonly kind: 'activityEnd' }
  | ClientContent
  | { readonly kind: 'toolResponse'; readonly responses: readonly ToolAnswer[] }
  | {
      readonly kind: 'contextUpdate';
      readonly instruction: string | undefined;
      readonly tools: readonly DeclaredTool[] | undefined;
    };

export interface ClientContent {
  readonly kind: 'clientContent';
  readonly turns: readonly ContentTurn[];
  readonly complete: boolean;
}

export interface ContentTurn {
  readonly role: 'user' | 'model';
  readonly text: string;
}

export interface ToolAnswer {
  readonly id: string | undefined;
  readonly name: string;
  readonly response: JsonRecord;
  readonly scheduling: 'SILENT' | 'WHEN_IDLE' | 'INTERRUPT';
  readonly willContinue: boolean;
}

/** The one top-level key of a message and its value. */
export function readEnvelope(text: string): { readonly key: string; readonly value: unknown } | Refusal {
  const message = parseJson(text);
  if (!isRecord(message)) return invalid('a frame that is no JSON object');
  const keys = Object.keys(message);
  const [key] = keys;
  if (key === undefined || keys.length > 1) return invalid(`a message with ${keys.length} top-level fields`);
  if (!(key in clientMessages)) return unknownField(key, '');
  return { key, value: message[key] };
}

/** Reads what follows the setup; a Refusal closes the connection. */
export function readClientMessage(key: string, value: unknown, model: ModelRow): readonly ClientMessage[] | Refusal {
  if (key === 'setup') return invalid('a second setup');
  const shape = clientMessages[key];
  const misfit = shape && checkShape(value, shape, key);
  if (misfit) return misfit;
  if (key === 'realtimeInput') return realtimeInput(value);
  if (key === 'clientContent') return clientContent(value);
  if (key === 'toolResponse') return toolResponse(value);
  return contextUpdate(value, model);
}

export function isMessageRefusal(value: readonly ClientMessage[] | Refusal): value is Refusal {
  return !Array.isArray(value);
}

/** Which turns a model takes when: some only before they have spoken, some only with the user's last. */
export function refusesTurns(model: ModelRow, content: ClientContent, hasSpoken: boolean): Refusal | undefined {
  if (model.clientContent === 'history' && hasSpoken) {
    return invalid(`${model.id} takes clientContent before its first answer only`);
  }
  if (model.endsWithUser && content.complete && content.turns.at(-1)?.role === 'model') {
    return invalid(`${model.id} wants the user's turn last`);
  }
  return undefined;
}

/** What a message says, for the record. */
export function describeMessage(message: ClientMessage): { readonly text?: string } {
  if (message.kind === 'text') return { text: message.text };
  if (message.kind === 'clientContent') {
    return { text: message.turns.map((turn) => `${turn.role}: ${turn.text}`).join('\n') };
  }
  if (message.kind === 'toolResponse') return { text: JSON.stringify(message.responses) };
  return {};
}

function realtimeInput(value: unknown): readonly ClientMessage[] | Refusal {
  const messages: ClientMessage[] = [];
  const audio = recordAt(value, 'audio');
  const blobs = [...(audio ? [audio] : []), ...listAt(value, 'mediaChunks').filter(isRecord)];
  for (const blob of blobs) {
    const read = audioOf(blob);
    if ('code' in read) return read;
    messages.push(read);
  }
  if (recordAt(value, 'activityStart')) messages.unshift({ kind: 'activityStart' });
  if (recordAt(value, 'video')) messages.push({ kind: 'video' });
  const text = stringAt(value, 'text');
  if (text !== undefined) messages.push({ kind: 'text', text });
  if (recordAt(value, 'activityEnd')) messages.push({ kind: 'activityEnd' });
  if (valueAt(value, 'audioStreamEnd') === true) messages.push({ kind: 'audioStreamEnd' });
  return messages;
}

function audioOf(blob: JsonRecord): ClientMessage | Refusal {
  const mime = stringAt(blob, 'mimeType') ?? '';
  const match = /^audio\/pcm(?:;\s*rate=(\d+))?$/.exec(mime);
  if (!match) return mime.startsWith('image/') ? { kind: 'video' } : invalid(`audio of type "${mime}"`);
  const bytes = Buffer.from(stringAt(blob, 'data') ?? '', 'base64');
  if (bytes.length % 2 !== 0) return invalid('PCM with half a sample');
  const sampleRateHz = Number(match[1] ?? 16000);
  if (sampleRateHz < 8000 || sampleRateHz > 48000) return invalid(`sample rate ${sampleRateHz}`);
  return { kind: 'audio', pcm: toSamples(bytes), sampleRateHz };
}

function toSamples(bytes: Buffer): Int16Array {
  if (bytes.byteOffset % 2 === 0) return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const copy = new Uint8Array(bytes);
  return new Int16Array(copy.buffer, 0, bytes.length / 2);
}

function clientContent(value: unknown): readonly ClientMessage[] | Refusal {
  const turns: ContentTurn[] = [];
  for (const turn of listAt(value, 'turns')) {
    const role = stringAt(turn, 'role') ?? 'user';
    if (role !== 'user' && role !== 'model') return invalid(`a turn with the role "${role}"`);
    turns.push({ role, text: textOf(turn) });
  }
  return [{ kind: 'clientContent', turns, complete: valueAt(value, 'turnComplete') === true }];
}

function toolResponse(value: unknown): readonly ClientMessage[] | Refusal {
  const responses: ToolAnswer[] = [];
  for (const one of listAt(value, 'functionResponses')) {
    const name = stringAt(one, 'name');
    const response = recordAt(one, 'response');
    if (name === undefined || !response) return invalid('a function response without name or response');
    const scheduling = stringAt(one, 'scheduling') ?? 'WHEN_IDLE';
    if (scheduling !== 'SILENT' && scheduling !== 'WHEN_IDLE' && scheduling !== 'INTERRUPT') {
      return invalid(`scheduling "${scheduling}"`);
    }
    responses.push({
      id: stringAt(one, 'id'),
      name,
      response,
      scheduling,
      willContinue: valueAt(one, 'willContinue') === true,
    });
  }
  return [{ kind: 'toolResponse', responses }];
}

function contextUpdate(value: unknown, model: ModelRow): readonly ClientMessage[] | Refusal {
  if (!model.contextUpdate) return invalid(`${model.id} takes no contextUpdate`);
  const instruction = recordAt(value, 'systemInstruction');
  const wrapper = recordAt(value, 'tools');
  const tools = wrapper && declaredTools(wrapper['tools'], model);
  if (tools && !isToolList(tools)) return tools;
  return [{ kind: 'contextUpdate', instruction: instruction && textOf(instruction), tools }];
}
