import { expect, it } from 'vitest';
import { maxTags } from '../bounds.ts';
import { flowOf, play } from '../testing/play.ts';

const tag = (tags: string[]) => flowOf({ type: 'tag', tags, edges: { next: 'x' } });

it('marks the call, each tag once', () => {
  const { state, last } = play(tag(['sale', 'sale', 'zpětné volání']), []);
  expect(state.tags).toEqual(['sale', 'zpětné volání']);
  expect(last.instructions[0]).toMatchObject({ type: 'tag' });
});

it('takes so many tags and no more, and says so', () => {
  const { state, decision } = play(tag(Array.from({ length: maxTags + 1 }, (_, i) => `t${i}`)), []);
  expect(state.tags).toHaveLength(maxTags);
  expect(decision?.notes).toEqual([expect.stringContaining(`${maxTags} tags`)]);
});
