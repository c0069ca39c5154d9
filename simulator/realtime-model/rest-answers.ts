import type { Scenario } from '../scenarios/scenario.ts';
import { textOf } from './check-setup.ts';
import { isRecord, listAt, recordAt, valueAt, type JsonRecord } from './json.ts';
import { restModels } from './model-rows.ts';

/** An HTTP answer: its status and JSON body. */
export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

const textLimit = 4;

/** Answers `:generateContent`: the script's text, or a value that fits the JSON schema that was asked for. */
export function generateContent(model: string, request: unknown, scenario: Scenario): RestAnswer {
  if (!restModels.includes(model)) {
    const message = `models/${model} is not found for API version v1beta, or is not supported for generateContent.`;
    return restError(404, 'NOT_FOUND', message);
  }
  const contents = listAt(request, 'contents');
  if (contents.length === 0)
    return restError(400, 'INVALID_ARGUMENT', '* GenerateContentRequest.contents: contents is not specified');
  const text = answerText(request, scenario);
  const asked = contents.map(textOf).join('\n').length;
  return {
    status: 200,
    body: {
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: Math.ceil(asked / textLimit),
        candidatesTokenCount: Math.ceil(text.length / textLimit),
        totalTokenCount: Math.ceil(asked / textLimit) + Math.ceil(text.length / textLimit),
      },
      modelVersion: model,
      responseId: `sim-${asked}-${text.length}`,
    },
  };
}

export function restError(status: number, name: string, message: string): RestAnswer {
  return { status, body: { error: { code: status, message, status: name } } };
}

function answerText(request: unknown, scenario: Scenario): string {
  const generation = recordAt(request, 'generationConfig') ?? {};
  const text = scenario.model.restText ?? 'OK.';
  if (generation['responseMimeType'] !== 'application/json') return text;
  const schema = recordAt(generation, 'responseSchema') ?? recordAt(generation, 'responseJsonSchema');
  return JSON.stringify(schema ? instanceOf(schema, text) : { text });
}

/** The plainest value that a schema allows, with the script's text as its strings. */
function instanceOf(schema: JsonRecord, text: string): unknown {
  const [first] = listAt(schema, 'enum');
  if (first !== undefined) return first;
  const type = schema['type'];
  switch (typeof type === 'string' ? type.toLowerCase() : '') {
    case 'object': {
      const properties = recordAt(schema, 'properties') ?? {};
      return Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, isRecord(inner) ? instanceOf(inner, text) : null]),
      );
    }
    case 'array': {
      const items = recordAt(schema, 'items');
      const least = valueAt(schema, 'minItems');
      const count = Math.max(1, Number(least) || 0);
      return items ? Array.from({ length: count }, () => instanceOf(items, text)) : [];
    }
    case 'integer':
    case 'number': {
      const [low, high] = [Number(schema['minimum'] ?? 0), Number(schema['maximum'] ?? schema['minimum'] ?? 1)];
      return type === 'integer' || type === 'INTEGER' ? Math.round((low + high) / 2) : (low + high) / 2;
    }
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return text;
  }
}
