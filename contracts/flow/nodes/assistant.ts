import { type Static, Type } from 'typebox';
import { builtInOutcomes } from '../../assistant.ts';
import type { CompiledNode, CompiledValue } from '../compiled.ts';
import { leave, type NodeSpec, wait, wrong } from '../node-spec.ts';
import { closed, nodeSchema, OutcomeName, Reference, Values, VariableName } from '../schema-parts.ts';
import { own } from '../own.ts';

const Outcome = Type.Object({ name: OutcomeName, description: Type.String({ minLength: 1, maxLength: 500 }) }, closed);
const schema = nodeSchema('assistant', {
  assistantId: Reference,
  inputs: Type.Optional(Values),
  tools: Type.Optional(Type.Array(Reference, { maxItems: 64 })),
  maxDurationS: Type.Optional(Type.Integer({ minimum: 10, maximum: 86_400 })),
  outcomes: Type.Optional(Type.Array(Outcome, { maxItems: 20 })),
  result: Type.Optional(VariableName),
});
type Assistant = Static<typeof schema>;
interface CompiledAssistant
  extends CompiledNode, Pick<Assistant, 'assistantId' | 'tools' | 'maxDurationS' | 'outcomes' | 'result'> {
  inputs?: Readonly<Record<string, CompiledValue>>;
}

export const assistantNode: NodeSpec<Assistant, CompiledAssistant> = {
  type: 'assistant',
  schema,
  summary: { en: 'Lets an AI assistant talk with the caller.', cs: 'Předá volajícího AI asistentovi.' },
  waits: 'world',
  help: {
    assistantId: 'The assistant; the live version at the time of the call talks.',
    inputs: "What it is told beside the flow's variables; what is sensitive it is told only here.",
    tools: 'Names of those of its own tools that it may use here; absent: all of them.',
    maxDurationS: 'A shorter limit than its own.',
    outcomes: 'Ways out of this node alone, each a `name` and a `description` for the model.',
    result:
      'The variable under `vars` that takes what the assistant has learnt, as an object of texts: its model gives them with the outcome that it chooses.',
  },
  example: {
    type: 'assistant',
    assistantId: 'reception',
    inputs: { order: '{{ vars.order }}' },
    maxDurationS: 600,
    outcomes: [{ name: 'appointment', description: 'The caller wants an appointment.' }],
    result: 'talk',
    edges: { ended: 'bye', appointment: 'calendar', wantsHuman: 'colleague' },
  },
  isLive: () => true,
  outcomes: ({ assistantId, outcomes = [] }, { assistants }) => [
    ...new Set([
      ...[...(own(assistants, assistantId)?.outcomes ?? []), ...outcomes].map(({ name }) => name),
      ...builtInOutcomes,
    ]),
  ],
  sets: ({ result }) => (result === undefined ? [] : [result]),
  check: ({ outcomes = [] }) =>
    outcomes
      .filter(({ name }) => builtInOutcomes.some((builtIn) => builtIn === name))
      .map(({ name }) =>
        wrong(
          `every assistant has the outcome ${name}: call this one otherwise`,
          `výsledek ${name} má každý asistent: pojmenujte tento jinak`,
        ),
      ),
  compile: ({ inputs, ...node }, compiler) => ({
    ...node,
    ...(inputs && {
      inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, compiler.value(value)])),
    }),
    sensitive: node.result !== undefined && compiler.isSensitive(`vars.${node.result}`),
  }),
  enter: ({ assistantId, inputs, tools, maxDurationS, outcomes, result }, visit) => {
    visit.instruct({
      type: 'assistant',
      nodeId: visit.nodeId,
      assistantId,
      ...(inputs && {
        inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, visit.value(value)])),
      }),
      ...(tools && { tools }),
      ...(maxDurationS !== undefined && { maxDurationMs: maxDurationS * 1000 }),
      ...(outcomes && { outcomes }),
      ...(result !== undefined && { returnsFacts: true }),
    });
    return wait();
  },
  on: ({ result }, event, visit) => {
    if (event.type !== 'assistantLeft') return undefined;
    if (result !== undefined) visit.setTyped(result, event.data ?? {});
    visit.because(`the assistant left with "${event.outcome}"`);
    return leave(event.outcome);
  },
};
