import { describe, expect, it } from 'vitest';
import { flowOf, kinds, play } from '../testing/play.ts';
import { recordingNode } from './recording.ts';

const { example } = recordingNode;
const press = (digits: string) => ({ type: 'digits', digits }) as const;
const consent = (given: 'by-staying' | 'by-key') =>
  flowOf({ ...example, consent: { prompt: 'Smíme nahrávat?', given, key: '1' } });

describe('recording', () => {
  it('records unless the caller presses the key', () => {
    const { steps, ended } = play(flowOf(example), [press('')]);
    expect(steps.map(kinds)).toEqual([['gather'], ['record', 'hangUp']]);
    expect(ended).toBe('next');
    expect(play(flowOf(example), [press('9')])).toMatchObject({
      ended: 'refused',
      last: { instructions: [{ type: 'hangUp' }] },
    });
  });

  it('records where the caller agrees by a key, and not otherwise', () => {
    expect(kinds(play(consent('by-key'), [press('1')]).last)).toEqual(['record', 'hangUp']);
    expect(play(consent('by-key'), [press('')]).ended).toBe('refused');
  });

  it('records whoever stays on the line after the announcement', () => {
    expect(kinds(play(consent('by-staying'), []).last)).toEqual(['say', 'record', 'hangUp']);
  });

  it.each(['pause', 'resume', 'stop'] as const)('can %s', (action) => {
    expect(play(flowOf({ type: 'recording', action, edges: { next: 'x' } }), []).last.instructions[0]).toEqual({
      type: 'record',
      action,
    });
  });

  it('finds consent without a key, and a start without consent', () => {
    const check = (changes: Partial<typeof example>) =>
      recordingNode.check?.({ ...example, ...changes }, { assistants: {} }).map(({ severity }) => severity);
    expect(check({ consent: { prompt: 'x', given: 'by-key' } })).toEqual(['error']);
    expect(check({ consent: undefined })).toEqual(['warning']);
    expect(check({ action: 'stop' })).toEqual(['error']);
  });
});
