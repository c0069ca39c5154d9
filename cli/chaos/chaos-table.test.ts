import { expect, it } from 'vitest';
import { sumUp } from './account.ts';
import { gapReached, heading, row } from './chaos-table.ts';
import { sumUpNewCalls } from './new-calls.ts';

const figures = { ...sumUp([]), gapMs: { p50: 743, p95: 3622, max: 12_782 }, newCalls: sumUpNewCalls([]) };

it('stands in columns under its heading', () => {
  const lines = [
    ...heading.split('\n'),
    row({ name: 'gateway-killed-without-postgres' }, figures),
    row({ name: 'gateway-killed', gapGoalMs: 3000 }, figures),
  ];
  expect(new Set(lines.map((line) => line.indexOf('|'))).size).toBe(1);
});

it('says whether the gap is as short as was promised', () => {
  expect(row({ name: 'gateway-killed', gapGoalMs: 3000 }, figures)).toContain('743 / 3622 / 12782 ms, not 3000');
  expect(row({ name: 'gateway-stopped', gapGoalMs: 5000 }, figures)).toContain('743 / 3622 / 12782 ms, reached');
  expect(gapReached({ gapGoalMs: 3000 }, figures)).toBe(false);
  expect(gapReached({}, figures)).toBeNull();
  expect(row({ name: 'rolling-restart' }, figures)).toMatch(/12782 ms +\|/);
});
