import { describe, expect, it } from 'vitest';
import { WrongUsage } from '../running/command-line.ts';
import { readCallOptions } from './call-options.ts';

const known = ['demo-cs', 'demo-en', 'outbound', 'dtmf', 'half-hour'];
const read = (...args: string[]) => readCallOptions(args, known);

describe('readCallOptions', () => {
  it('makes the Czech demo call unless told otherwise', () => {
    expect(read()).toEqual({ scenario: 'demo-cs', list: false, all: false, outbound: false, json: false });
    expect(read('--language', 'en').scenario).toBe('demo-en');
    expect(read('--outbound').scenario).toBe('outbound');
    expect(read('--scenario', 'dtmf', '--wav', 'a.wav')).toMatchObject({ scenario: 'dtmf', wav: 'a.wav' });
    expect(read('--all', '--json')).toMatchObject({ all: true, json: true });
  });

  it('takes the length of the long call, and of no other', () => {
    expect(read('--scenario', 'half-hour', '--minutes', '2.5')).toMatchObject({ scenario: 'half-hour', minutes: 2.5 });
    expect(() => read('--minutes', '2')).toThrow('for half-hour alone');
    for (const minutes of ['1', '61', 'two', ''])
      expect(() => read('--scenario', 'half-hour', '--minutes', minutes)).toThrow('from 2 to 60');
  });

  it('refuses what makes no sense', () => {
    for (const args of [['--language', 'de'], ['--scenario', 'nothing'], ['--loud'], ['word']])
      expect(() => read(...args)).toThrow(WrongUsage);
  });
});
