import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { hangupNode } from './hangup.ts';

it('says its last words in the language of the call and records why', () => {
  const { last, state, ended } = play(flowOf(hangupNode.example), [], { language: 'en-US' });
  expect(last.instructions).toEqual([
    { type: 'hangUp', lastWords: { text: 'Goodbye.', language: 'en-US', voiceId: 'cs-CZ-Standard-A' } },
  ]);
  expect([ended, state.phase]).toEqual(['done', 'ended']);
});

it('needs neither words nor a reason', () => {
  const { last, ended } = play(flowOf({ type: 'hangup' }), []);
  expect([last.instructions, ended]).toEqual([[{ type: 'hangUp' }], 'hangup']);
});
