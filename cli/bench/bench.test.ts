import { describe, expect, it } from 'vitest';
import { measureAudio } from './audio-figures.ts';
import { readBenchOptions } from './bench-options.ts';
import { isKnownPrefix, judge } from './figure.ts';
import { figuresTable } from './figures-table.ts';
import { percentileOf } from './percentiles.ts';

describe('figures', () => {
  it('are judged by their goal, in the direction in which better lies', () => {
    expect(judge({ name: 'tool.addedMsP50', value: 39.4 })).toMatchObject({ goal: 40, reached: true });
    expect(judge({ name: 'tool.addedMsP50', value: 41 })).toMatchObject({ reached: false });
    expect(judge({ name: 'capacity.callsPerCoreAt5Ms', value: 250 })).toMatchObject({ goal: 300, reached: false });
    expect(judge({ name: 'capacity.callsPerCoreAt20Ms', value: 400 })).toMatchObject({ reached: true });
  });

  it('without a value or a goal are neither reached nor missed', () => {
    expect(judge({ name: 'capacity.kbPerCall', value: null }).reached).toBeNull();
    expect(judge({ name: 'capacity.cpuMsPerCallSecondAt10', value: 7 })).toMatchObject({ unit: 'ms', reached: null });
  });

  it('that were not measured say so, and do not pass for want of a value', () => {
    expect(judge({ name: 'history.eventsPer10Min', value: null })).toMatchObject({ value: null, note: 'not measured' });
    const machine = { cpu: 'a CPU', cores: 2, memoryGb: 24, os: 'Linux', node: 'v24', loadBefore: 0.5 };
    const [, line] = figuresTable([judge({ name: 'history.eventsPer10Min', value: null, note: 'why' })], machine);
    expect(line).toMatch(/ - +events +150 +not measured +why$/);
  });

  it('are missed where too much failed, however quick the rest was', () => {
    const quick = Array.from({ length: 98 }, () => 5);
    expect(percentileOf(quick, 99, 0)).toBe(5);
    expect(percentileOf(quick, 99, 2)).toBe(Infinity);
    expect(percentileOf(quick, 50, 2)).toBe(5);
    expect(percentileOf([], 50, 1)).toBe(Infinity);
    expect(judge({ name: 'tool.addedMsP99', value: Infinity, note: '2 failed' })).toEqual({
      name: 'tool.addedMsP99',
      value: null,
      unit: 'ms',
      goal: 100,
      reached: false,
      note: '2 failed',
    });
  });

  it('that stand beside one for comparison have its unit and not its goal', () => {
    expect(judge({ name: 'bargeIn.onsetToClearMsP95', value: 170 })).toMatchObject({ goal: 160, reached: false });
    expect(judge({ name: 'bargeIn.onsetToClearMsP95.light', value: 170 })).toMatchObject({
      unit: 'ms',
      goal: null,
      reached: null,
    });
  });

  it('stand in a table, those that were missed in capitals', () => {
    const machine = { cpu: 'a CPU', cores: 2, memoryGb: 24, os: 'Linux', node: 'v24', loadBefore: 0.5 };
    const lines = figuresTable([judge({ name: 'tool.addedMsP99', value: 123.4, note: 'why' })], machine);
    expect(lines[1]).toMatch(/^tool\.addedMsP99\s+123\s+ms\s+100\s+NO\s+why$/);
    expect(lines.at(-1)).toContain('2 cores of a CPU');
  });
});

it('knows which figures there are, by their beginnings', () => {
  for (const prefix of ['', 'capacity', 'tool.', 'capacity.addedDelayMsP99At10', 'bargeIn.missedPercent.light'])
    expect(isKnownPrefix(prefix)).toBe(true);
  for (const prefix of ['tools', 'capacity.calls5']) expect(isKnownPrefix(prefix)).toBe(false);
});

describe('options', () => {
  it('take a prefix and nothing that nobody knows', () => {
    expect(readBenchOptions(['--only', 'audio', '--json'])).toEqual({ only: 'audio', json: true });
    expect(() => readBenchOptions(['--fast'])).toThrow(/no option --fast/);
  });
});

describe('the audio path', () => {
  it('keeps the band flat, mirrors nothing into it and loses no sample', () => {
    for (const figure of measureAudio(120).map(judge)) expect(figure).toMatchObject({ reached: true });
  });
});
