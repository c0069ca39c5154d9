import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import type { sayNode } from './say.ts';

const say = (text: (typeof sayNode)['example']['text']) => flowOf({ type: 'say', text, edges: { next: 'x' } });

it('speaks the language of the call, with what is known filled in', () => {
  const document = say({ 'cs-CZ': 'Dobrý den, {{ contact.name }}.', 'en-US': 'Hello, {{ contact.name }}.' });
  const spoken = { text: 'Hello, Jana.', language: 'en-US', voiceId: 'cs-CZ-Standard-A' };
  expect(play(document, [], { language: 'en-US' }).last.instructions[0]).toEqual({ type: 'say', speech: spoken });
});

it('plays a recording of the language, and says so where there is none', () => {
  const audio = { 'cs-CZ': { audioId: 'a1', durationMs: 900 } };
  const references = { prompts: { hello: { audio }, empty: { audio: {} } } };
  expect(play(say({ promptId: 'hello' }), [], { references }).last.instructions[0]).toEqual({
    type: 'play',
    audio: { promptId: 'hello', audioId: 'a1', durationMs: 900 },
  });
  const { last, decision } = play(say({ promptId: 'empty' }), [], { references });
  expect(last.instructions.map(({ type }) => type)).toEqual(['hangUp']);
  expect(decision?.notes).toEqual(['the prompt "empty" has no recording']);
});

it('says nothing in place of a value that is missing, and the ledger tells which', () => {
  const document = { ...say('Číslo {{ vars.order }}.'), variables: { order: { type: 'text' } } } as const;
  const { last, decision } = play(document, []);
  expect(last.instructions[0]).toMatchObject({ speech: { text: 'Číslo .' } });
  expect(decision).toMatchObject({ known: { 'vars.order': null }, notes: [expect.stringContaining('vars.order')] });
});

it('refuses texts that name what nobody knows, and texts that cannot be read', () => {
  expect(() => play(say('{{ vars.ordr }}'), [])).toThrow(/nothing is known as "vars.ordr"/);
  expect(() => play(say('{{ vars.order'), [])).toThrow(/it: text, 1:/);
});
