import { type Static, Type } from 'typebox';
import type { CompiledNode } from '../compiled.ts';
import { leave, type NodeSpec } from '../node-spec.ts';
import { nodeSchema } from '../schema-parts.ts';

const Tag = Type.String({ pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N} _-]{0,39}$' });
const schema = nodeSchema('tag', { tags: Type.Array(Tag, { minItems: 1, maxItems: 20, uniqueItems: true }) });
type TagNode = Static<typeof schema>;
interface CompiledTag extends CompiledNode, Pick<TagNode, 'tags'> {}

export const tagNode: NodeSpec<TagNode, CompiledTag> = {
  type: 'tag',
  schema,
  summary: { en: 'Marks what came of the call.', cs: 'Označí výsledek hovoru.' },
  waits: 'nothing',
  help: {
    tags: 'Added to those that the call has.',
  },
  example: { type: 'tag', tags: ['sale'], edges: { next: 'bye' } },
  isLive: () => true,
  outcomes: () => ['next'],
  compile: (node) => node,
  enter: ({ tags }, visit) => {
    visit.tag(tags);
    visit.instruct({ type: 'tag', tags });
    return leave('next');
  },
};
