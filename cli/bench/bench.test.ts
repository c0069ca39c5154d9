import { describe, expect, it } from 'vitest';
import { measureAudio } from './audio-figures.ts';
import { readBenchOptions } from './bench-options.ts';
import { judge } from './figure.ts';
import { figuresTable } from './figures-table.ts';

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

  it('stand in a table, those that were missed in capitals', () => {
    const machine = { cpu: 'a CPU', cores: 2, memoryGb: 24, os: 'Linux', node: 'v24', loadBefore: 0.5 };
    const lines = figuresTable([judge({ name: 'tool.addedMsP99', value: 123.4, note: 'why' })], machine);
    expect(lines[1]).toMatch(/^tool\.addedMsP99\s+123\s+ms\s+100\s+NO\s+why$/);
    expect(lines.at(-1)).toContain('2 cores of a CPU');
  });
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
