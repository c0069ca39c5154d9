import { expect, it } from 'vitest';
import type { AssistantReference } from '../../references.ts';
import { flowOf } from '../../testing/play.ts';
import { validate } from '../../validate.ts';

const problemsOf = (tools: string[], reception: AssistantReference) =>
  validate(flowOf({ type: 'assistant', assistantId: 'reception', tools, edges: { ended: '' } }), {
    assistants: { reception },
    tools: {},
    nowMs: 0,
  })
    .filter(({ code }) => code === 'unknown-reference')
    .map(({ nodeId, at, message }) => [nodeId, at, message]);

it('names of tools that a node leaves to an assistant are those of its own', () => {
  const reception = { outcomes: [], tools: [{ name: 'find_order' }, { name: 'book_table' }] };
  expect(problemsOf(['find_order', 'book_table'], reception)).toEqual([]);
  expect(problemsOf(['book_table', 'find_oder'], reception)).toEqual([
    [
      'it',
      '/nodes/it/tools/1',
      {
        en: 'the assistant reception has no tool find_oder; it has find_order, book_table; did you mean find_order?',
        cs: 'asistent reception nemá nástroj find_oder; má find_order, book_table; mysleli jste find_order?',
      },
    ],
  ]);
});

it('an assistant without tools says so, and one of which nobody has said them is believed', () => {
  expect(problemsOf(['find_order'], { outcomes: [], tools: [] })[0]?.[2]).toMatchObject({
    en: 'the assistant reception has no tool find_order; it has none',
  });
  expect(problemsOf(['find_order'], { outcomes: [] })).toEqual([]);
});
