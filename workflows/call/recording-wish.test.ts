import { describe, expect, it } from 'vitest';
import type { Instruction } from '../../contracts/instructions.ts';
import { madeUpCall } from '../../test/made-up-call.ts';
import { initialCoreState } from './call-core.ts';
import type { CoreState } from './call-state.ts';
import { dueOf, mayTakeMessage, recordingOrdered } from './recording-wish.ts';

const state = (changes: Partial<CoreState>): CoreState => ({ ...initialCoreState(madeUpCall('CA1')), ...changes });
const gather = (sensitive: boolean): Instruction => ({
  type: 'gather',
  input: 'digits',
  prompts: [],
  maxDigits: 4,
  finishOnKey: '#',
  timeoutMs: 5000,
  ...(sensitive && { sensitive: true }),
});
const answered = (instruction: Instruction) => ({ number: 1, instructions: [instruction] });

describe('what is to be recorded', () => {
  it.each([
    ['off', 'start', 'on'],
    ['on', 'pause', 'paused'],
    ['paused', 'resume', 'on'],
    ['on', 'stop', 'off'],
    ['paused', 'stop', 'off'],
    ['off', 'pause', 'off'],
    ['off', 'resume', 'off'],
    ['on', 'resume', 'on'],
  ] as const)('%s, then %s: %s', (before, action, after) => {
    expect(recordingOrdered(before, action)).toBe(after);
  });

  it('pauses while the caller is asked for something sensitive, by the flow or by an assistant', () => {
    expect(dueOf(state({ recording: 'on', answer: answered(gather(false)) }))).toBe('on');
    expect(dueOf(state({ recording: 'on', answer: answered(gather(true)) }))).toBe('paused');
    expect(dueOf(state({ recording: 'off', answer: answered(gather(true)) }))).toBe('off');
    expect(dueOf(state({ recording: 'on', answer: answered(gather(true)), phase: 'ended' }))).toBe('on');
  });

  it('is looked for at the carrier where it takes messages by itself', () => {
    const voicemail: Instruction = { type: 'voicemail', prompts: [], maxLengthS: 60, finishOnKey: '' };
    expect(mayTakeMessage(state({ answer: answered(voicemail) }))).toBe(true);
    expect(mayTakeMessage(state({ phase: 'adopted' }))).toBe(true);
    expect(mayTakeMessage(state({ answer: answered(gather(false)) }))).toBe(false);
  });
});
