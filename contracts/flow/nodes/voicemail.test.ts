import { expect, it } from 'vitest';
import { flowOf, play } from '../testing/play.ts';
import { voicemailNode } from './voicemail.ts';

const voicemail = flowOf(voicemailNode.example);

it('records, and tells whom it shall', () => {
  const { steps, ended } = play(voicemail, [{ type: 'voicemailLeft', recordingId: 'RE1', durationS: 7 }]);
  expect(steps[0]?.instructions).toMatchObject([{ type: 'voicemail', maxLengthS: 120, finishOnKey: '#' }]);
  expect(steps[1]?.instructions[0]).toEqual({
    type: 'notify',
    nodeId: 'it',
    to: { people: ['jana'] },
    text: 'voicemail of 7 s',
    recordingId: 'RE1',
  });
  expect(ended).toBe('recorded');
});

it.each([{ type: 'done' }, { type: 'voicemailLeft', durationS: 0 }] as const)('is empty after %j', (event) => {
  expect(play(voicemail, [event]).ended).toBe('empty');
});

it('is live where nobody has to be told', () => {
  const { to: _to, ...quiet } = voicemailNode.example;
  const told = { ...quiet, to: { webhookId: 'messages' } };
  expect([quiet, told, voicemailNode.example].map((node) => voicemailNode.isLive(node))).toEqual([true, true, false]);
});
