import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { latencyProfiles, voiceDetections, type AssistantVersion, type SensitiveInput } from './assistant.ts';
import { AppError } from './errors.ts';
import { resolveModel } from './models.ts';
import type { Json, JsonObject, ToolDefinition } from './tools.ts';
import { resolveVoice } from './voices.ts';

const closed = { additionalProperties: false } as const;
const Name = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' });

const ToolDocument = Type.Object(
  {
    type: Type.Literal('http'),
    name: Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]{0,63}$' }),
    endpoint: Type.String({ pattern: '^https?://' }),
    description: Type.Optional(Type.String()),
    method: Type.Optional(
      Type.Union((['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) => Type.Literal(method))),
    ),
    parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    body: Type.Optional(Type.Unknown()),
    timeout_ms: Type.Optional(Type.Integer({ minimum: 100, maximum: 600_000 })),
    idempotent: Type.Optional(Type.Boolean()),
    max_response_bytes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_048_576 })),
  },
  closed,
);

const SensitiveInputDocument = Type.Object(
  {
    name: Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,63}$' }),
    description: Type.String({ minLength: 1, maxLength: 1000 }),
    min_digits: Type.Integer({ minimum: 1, maximum: 64 }),
    max_digits: Type.Integer({ minimum: 1, maximum: 64 }),
    end_key: Type.Optional(Type.Union([Type.Literal(''), Type.Literal('*'), Type.Literal('#')])),
    prompt: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    timeout_s: Type.Optional(Type.Integer({ minimum: 2, maximum: 120 })),
  },
  closed,
);

/** The assistant document: how a tenant describes an assistant in one JSON file. */
export const AssistantDocumentSchema = Type.Object(
  {
    tenant_id: Name,
    assistant_id: Name,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    system_prompt: Type.String({ minLength: 1, maxLength: 50_000 }),
    language: Type.String({ pattern: '^[a-z]{2,3}(-[A-Z]{2})?$' }),
    model_config: Type.Object(
      {
        realtime_model: Type.String(),
        fallback_models: Type.Optional(Type.Array(Type.String(), { maxItems: 5 })),
        latency_profile: Type.Optional(Type.Union(latencyProfiles.map((profile) => Type.Literal(profile)))),
        temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
        hard_questions: Type.Optional(
          Type.Object(
            {
              realtime_model: Type.String(),
              description: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
    voice_config: Type.Object(
      {
        voice_id: Type.String(),
        barge_in: Type.Optional(Type.Boolean()),
        barge_in_greeting: Type.Optional(Type.Boolean()),
        voice_detection: Type.Optional(Type.Union(voiceDetections.map((detection) => Type.Literal(detection)))),
      },
      closed,
    ),
    greeting: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    tools: Type.Optional(Type.Array(ToolDocument, { maxItems: 64 })),
    outcomes: Type.Optional(
      Type.Array(
        Type.Object(
          { name: Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9]{0,31}$' }), description: Type.String() },
          closed,
        ),
        { maxItems: 16 },
      ),
    ),
    sensitive_inputs: Type.Optional(Type.Array(SensitiveInputDocument, { maxItems: 8 })),
    silence: Type.Optional(
      Type.Object(
        {
          remind_after_s: Type.Integer({ minimum: 2, maximum: 120 }),
          reminders: Type.Integer({ minimum: 0, maximum: 5 }),
        },
        closed,
      ),
    ),
    max_duration_s: Type.Optional(Type.Integer({ minimum: 10, maximum: 14_400 })),
    routing_rules: Type.Optional(
      Type.Object(
        {
          on_opening_question: Type.Optional(Type.String()),
          escalation_keywords: Type.Optional(Type.Array(Type.String({ minLength: 2 }), { maxItems: 100 })),
          transfer_to_queue: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
);

export type AssistantDocument = Static<typeof AssistantDocumentSchema>;

/** Checks a parsed JSON file. Throws one `document-invalid` that names every fault by its path. */
export function readAssistantDocument(json: unknown): AssistantDocument {
  if (Value.Check(AssistantDocumentSchema, json)) return json;
  const faults = Value.Errors(AssistantDocumentSchema, json).map(({ instancePath, message, params }) => {
    const extra = 'additionalProperties' in params ? ` (${String(params.additionalProperties)})` : '';
    return `  ${instancePath === '' ? '(document)' : instancePath.slice(1).replaceAll('/', '.')}: ${message}${extra}`;
  });
  throw new AppError('document-invalid', `the assistant document has faults:\n${[...new Set(faults)].join('\n')}`);
}

/** An open object: a tool without a schema is POSTed whatever the model gives. */
const openObject: JsonObject = { type: 'object', properties: {}, additionalProperties: true };

/** A document as an assistant's version, with the notices its author should read. Throws `document-invalid` on unknown models and voices. */
export function assistantFromDocument(
  document: AssistantDocument,
  ids: { versionId: string; version: number },
): { assistant: AssistantVersion; notices: string[] } {
  const voice = resolveVoice(document.voice_config.voice_id);
  const modelId = resolveModel(document.model_config.realtime_model);
  const { voice_detection: voiceDetection } = document.voice_config;
  const hard = document.model_config.hard_questions;
  if (hard && resolveModel(hard.realtime_model) === modelId)
    throw new AppError(
      'document-invalid',
      'model_config.hard_questions names the model that the assistant has already',
    );
  const rules = document.routing_rules ?? {};
  const tools = (document.tools ?? []).map((tool) => toolFromDocument(document.assistant_id, tool));
  const sensitiveInputs = (document.sensitive_inputs ?? []).map(sensitiveInputFrom);
  refuseUnknownInputs(tools, sensitiveInputs);
  const assistant: AssistantVersion = {
    assistantId: document.assistant_id,
    ...ids,
    name: document.name,
    systemPrompt: document.system_prompt,
    language: document.language,
    model: {
      modelId,
      fallbackModelIds: (document.model_config.fallback_models ?? []).map(resolveModel),
      latencyProfile: document.model_config.latency_profile ?? 'balanced',
      ...(document.model_config.temperature === undefined ? {} : { temperature: document.model_config.temperature }),
      ...(hard && {
        hardQuestions: {
          modelId: resolveModel(hard.realtime_model),
          ...(hard.description !== undefined && { description: hard.description }),
        },
      }),
    },
    voice: {
      voiceId: voice.voiceId,
      modelVoice: voice.modelVoice,
      bargeIn: document.voice_config.barge_in ?? true,
      bargeInGreeting: document.voice_config.barge_in_greeting ?? false,
      ...(voiceDetection === undefined ? {} : { voiceDetection }),
    },
    ...(document.greeting === undefined ? {} : { greeting: document.greeting }),
    ...(rules.on_opening_question === undefined ? {} : { onOpeningQuestion: rules.on_opening_question }),
    ...(document.silence === undefined
      ? {}
      : {
          silence: {
            remindAfterMs: document.silence.remind_after_s * 1000,
            reminders: document.silence.reminders,
          },
        }),
    escalationKeywords: rules.escalation_keywords ?? [],
    tools,
    ...(sensitiveInputs.length > 0 && { sensitiveInputs }),
    outcomes: document.outcomes ?? [],
    maxDurationMs: (document.max_duration_s ?? 1800) * 1000,
  };
  const notices = voice.notice === undefined ? [] : [voice.notice];
  if (modelId !== document.model_config.realtime_model)
    notices.push(`"${document.model_config.realtime_model}" is the vendor's "${modelId}"`);
  if (rules.transfer_to_queue !== undefined)
    notices.push(`there is no queue "${rules.transfer_to_queue}" yet: an escalation takes the number's degraded plan`);
  return { assistant, notices };
}

function sensitiveInputFrom(input: Static<typeof SensitiveInputDocument>): SensitiveInput {
  const { name, description, min_digits: minDigits, max_digits: maxDigits, end_key: endKey = '#', prompt } = input;
  if (minDigits > maxDigits)
    throw new AppError('document-invalid', `sensitive_inputs: "${name}" takes fewer digits at most than at least`);
  const timeoutMs = (input.timeout_s ?? 15) * 1000;
  return { name, description, minDigits, maxDigits, endKey, timeoutMs, ...(prompt !== undefined && { prompt }) };
}

/** A tool that wants what is never asked for would fail in every call. */
function refuseUnknownInputs(tools: readonly ToolDefinition[], inputs: readonly SensitiveInput[]): void {
  const names = inputs.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new AppError('document-invalid', `sensitive_inputs: "${twice}" is declared twice`);
  for (const { name, endpoint, headers, body } of tools) {
    for (const [, wanted = ''] of JSON.stringify([endpoint, headers, body ?? null]).matchAll(
      /\{\{\s*sensitive\.([^{}\s]*)/g,
    )) {
      if (!names.includes(wanted))
        throw new AppError(
          'document-invalid',
          `tools: "${name}" takes the sensitive input "${wanted}", which is not declared`,
        );
    }
  }
}

type ToolDocumentValue = Static<typeof ToolDocument>;

function toolFromDocument(assistantId: string, tool: ToolDocumentValue): ToolDefinition {
  return {
    toolId: `${assistantId}/${tool.name}`,
    name: tool.name,
    description: tool.description ?? tool.name.replaceAll('_', ' '),
    type: 'http',
    parameters: tool.parameters === undefined ? openObject : toJsonObject(tool.parameters),
    endpoint: tool.endpoint,
    method: tool.method ?? 'POST',
    headers: tool.headers ?? {},
    ...(tool.body === undefined ? {} : { body: toJson(tool.body) }),
    timeoutMs: tool.timeout_ms ?? 8000,
    idempotent: tool.idempotent ?? false,
    maxResponseBytes: tool.max_response_bytes ?? 65_536,
  };
}

/** What came out of a JSON file, as its type; anything else becomes null. */
function toJson(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object') return toJsonObject(value);
  return null;
}

function toJsonObject(value: object): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]));
}
