import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledValue } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import type { FlowReferences } from '../references.ts';
import { closed, nodeSchema, Reference, Values, VariableName } from '../schema-parts.ts';
import type { FlowDocument } from '../document.ts';
import { own } from '../own.ts';

const schema = nodeSchema('subflow', {
  flowId: Reference,
  version: Type.Optional(Type.Integer({ minimum: 1 })),
  inputs: Type.Optional(Values),
  outputs: Type.Optional(Type.Record(VariableName, VariableName, closed)),
});
type Subflow = Static<typeof schema>;
interface CompiledSubflow extends CompiledNode, Pick<Subflow, 'outputs'> {
  key: string;
  inputs: Readonly<Record<string, CompiledValue>>;
}

export const subflowNode: NodeSpec<Subflow, CompiledSubflow> = {
  type: 'subflow',
  schema,
  summary: { en: 'Goes through another flow and comes back.', cs: 'Projde jiným tokem a vrátí se.' },
  waits: 'nothing',
  help: {
    flowId: 'The other flow.',
    version: 'A version to stay on; absent: the one that is live when this flow is published.',
    inputs: 'Variables of the other flow, set as it begins.',
    outputs: "Variables of this flow, each with the other flow's variable that it takes at the return.",
  },
  example: {
    type: 'subflow',
    flowId: 'verify-caller',
    version: 3,
    inputs: { phone: '{{ caller.number }}' },
    outputs: { customer: 'customer' },
    edges: { verified: 'helper', unknown: 'menu' },
  },
  isLive: () => true,
  outcomes: (node, references) => returnsOf(subflowOf(node, references)),
  sets: ({ outputs = {} }) => Object.keys(outputs),
  compile: ({ type, edges, flowId, version, inputs = {}, outputs }, compiler) => ({
    type,
    edges,
    key: compiler.subflow(flowId, version),
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, compiler.value(value)])),
    ...(outputs && { outputs }),
  }),
  enter: ({ key, inputs }, visit) => ({
    enter: key,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, visit.value(value)])),
  }),
  returned: ({ outputs = {} }, { name, vars }, visit) => {
    for (const [ours, theirs] of Object.entries(outputs)) {
      const value = own(vars, theirs);
      if (value === undefined) visit.note(`the subflow left "${theirs}" without a value`);
      else visit.setTyped(ours, value);
    }
    visit.because(`the subflow returned "${name}"`);
    return leave(name);
  },
};

function subflowOf({ flowId, version }: Subflow, { flows }: FlowReferences): FlowDocument | undefined {
  const known = own(flows, flowId);
  const wanted = version ?? known?.liveVersion;
  return wanted === undefined ? undefined : known?.versions[wanted];
}

function returnsOf(document: FlowDocument | undefined): string[] {
  const names = Object.values(document?.nodes ?? {}).flatMap((node) => (node.type === 'return' ? [node.name] : []));
  return [...new Set(names)];
}
