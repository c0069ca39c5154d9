import type { AssistantVersion, builtInOutcomes, SensitiveInput } from '../../contracts/assistant.ts';
import type { ModelTool, ModelToolResult } from '../../contracts/realtime-model.ts';
import type { JsonObject, ToolResult } from '../../contracts/tools.ts';

export const END_CALL = 'end_call';
export const LEAVE_NODE = 'leave_node';
export const THINK_HARDER = 'think_harder';
export const HAND_BACK = 'hand_back';
export const COLLECT_SENSITIVE = 'collect_sensitive';

const maxFacts = 30;
const maxFactCharacters = 500;
/** As the flow can read it by a path. */
const factName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
/** Pairs and no free object, which some vendors' schemas do not have. */
const facts = {
  type: 'array',
  description: 'What you have learnt that is needed later, each with a short name in English and its value.',
  items: {
    type: 'object',
    properties: { name: { type: 'string' }, value: { type: 'string' } },
    required: ['name', 'value'],
  },
};

/** Of the built-in outcomes the model may choose this one; the others happen to it. */
const CHOOSABLE: (typeof builtInOutcomes)[number] = 'wantsHuman';

/**
 * The functions that a model may call: the assistant's tools, and ours. `isDeep`: it is the model for hard questions, which
 * gives the call back instead of handing it on.
 */
export function modelTools(assistant: AssistantVersion, isDeep = false): ModelTool[] {
  const { tools, outcomes, model, sensitiveInputs = [], returnsFacts } = assistant;
  const leaving = [...outcomes, { name: CHOOSABLE, description: 'The caller wants to speak with a person.' }];
  return [
    ...tools.map(({ name, description, parameters }) => ({
      name,
      description,
      parameters: parameters ?? { type: 'object' },
    })),
    {
      name: END_CALL,
      description: 'Hangs up. Call it once, after you have said goodbye.',
      parameters: { type: 'object', properties: {} },
    },
    {
      name: LEAVE_NODE,
      description: `Ends your part of the call. ${leaving.map(({ name, description }) => `${name}: ${description}`).join(' ')}`,
      parameters: {
        type: 'object',
        properties: {
          outcome: { type: 'string', enum: leaving.map(({ name }) => name) },
          ...(returnsFacts && { facts }),
        },
        required: ['outcome'],
      },
    },
    ...(sensitiveInputs.length > 0 ? [collectSensitive(sensitiveInputs)] : []),
    ...(model.hardQuestions ? [isDeep ? handBack : thinkHarder(model.hardQuestions.description)] : []),
  ];
}

function collectSensitive(inputs: readonly SensitiveInput[]): ModelTool {
  const each = inputs.map(({ name, description, prompt }) => {
    return `${name}: ${description}${prompt === undefined ? '' : ` Ask for it with exactly these words: "${prompt}"`}`;
  });
  return {
    name: COLLECT_SENSITIVE,
    description: `Takes digits that the caller types on the telephone and that nobody but the system may know. Ask for them and call it in the same breath; never have them said to you. Until it ends you hear nothing. ${each.join(' ')}`,
    parameters: {
      type: 'object',
      properties: { name: { type: 'string', enum: inputs.map(({ name }) => name) } },
      required: ['name'],
    },
  };
}

const HARD = 'For a question that needs long thought or careful reasoning.';

function thinkHarder(description = HARD): ModelTool {
  return {
    name: THINK_HARDER,
    description: `Hands the question to a colleague who thinks longer and answers the caller. ${description} Say in a few words that you will think about it, then call it.`,
    parameters: {
      type: 'object',
      properties: { question: { type: 'string', description: 'The question, with all that is needed to answer it.' } },
      required: ['question'],
    },
  };
}

const handBack: ModelTool = {
  name: HAND_BACK,
  description: 'Gives the conversation back to your colleague. Call it as soon as you have answered the question.',
  parameters: { type: 'object', properties: {} },
};

/** The outcome that a call of `leave_node` asks for; undefined for one that the assistant does not have. */
export function chosenOutcome({ outcomes }: AssistantVersion, args: unknown): string | undefined {
  const chosen = typeof args === 'object' && args !== null && 'outcome' in args ? args.outcome : undefined;
  return [...outcomes.map(({ name }) => name), CHOOSABLE].find((name) => name === chosen);
}

/** What the model has learnt, as it says with the outcome; what is no name with a text is left out. */
export function givenFacts({ returnsFacts }: AssistantVersion, args: unknown): JsonObject | undefined {
  if (!returnsFacts) return undefined;
  const given: unknown = typeof args === 'object' && args !== null && 'facts' in args ? args.facts : [];
  const all: unknown[] = Array.isArray(given) ? given : [];
  return Object.fromEntries(
    all.slice(0, maxFacts).flatMap((fact): [string, string][] => {
      if (typeof fact !== 'object' || fact === null || !('name' in fact) || !('value' in fact)) return [];
      const { name, value } = fact;
      if (typeof name !== 'string' || !factName.test(name)) return [];
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
      return [[name, String(value).slice(0, maxFactCharacters)]];
    }),
  );
}

/** A tool's end as the model is told it. */
export function asModelResult(call: { id: string; name: string }, result: ToolResult): ModelToolResult {
  const { status, data, error, retryable, hint } = result;
  const response: JsonObject = {
    ok: status === 'ok',
    status,
    ...(data === undefined ? {} : { data }),
    ...(error === undefined ? {} : { error }),
    ...(status === 'ok' ? {} : { retryable, hint }),
  };
  return { id: call.id, name: call.name, response };
}
