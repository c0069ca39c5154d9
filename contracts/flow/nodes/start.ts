import { type Static, Type } from 'typebox';
import type { CompiledNode } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { LanguageTag, nodeSchema } from '../schema-parts.ts';

const schema = nodeSchema('start', {
  direction: Type.Optional(Type.Union([Type.Literal('inbound'), Type.Literal('outbound'), Type.Literal('both')])),
  languages: Type.Optional(Type.Array(LanguageTag, { minItems: 1, maxItems: 20 })),
});
type Start = Static<typeof schema>;
interface CompiledStart extends CompiledNode {
  direction: 'inbound' | 'outbound' | 'both';
  languages: readonly string[];
}

export const startNode: NodeSpec<Start, CompiledStart> = {
  type: 'start',
  schema,
  summary: { en: 'Where a call begins.', cs: 'Kde hovor začíná.' },
  waits: 'nothing',
  help: {
    direction: 'The calls that the flow is made for: `inbound`, `outbound` or `both`, which is the default.',
    languages: "Those of the flow's languages that a call may begin in; a call in another one begins in the first.",
  },
  example: { type: 'start', direction: 'inbound', languages: ['cs-CZ', 'en-US'], edges: { next: 'welcome' } },
  isLive: () => true,
  outcomes: () => ['next'],
  compile: ({ type, direction = 'both', languages = [], edges }) => ({ type, direction, languages, edges }),
  enter: ({ direction, languages }, visit) => {
    const actual = visit.lookup('call.direction');
    if (direction !== 'both' && typeof actual === 'string' && actual !== direction)
      visit.note(`the flow is made for ${direction} calls, and this one is ${actual}`);
    const [first] = languages;
    if (first !== undefined && !languages.includes(visit.language)) {
      visit.note(`a call begins in ${languages.join(' or ')}, not in ${visit.language}`);
      visit.setLanguage(first);
    }
    return leave('next');
  },
};
