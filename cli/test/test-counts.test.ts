import { expect, it } from 'vitest';
import { countTests, lastLine } from './test-counts.ts';

it('counts tests over all files', () => {
  const report = {
    testResults: [
      { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'pending' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
    ],
  };
  expect(countTests(report)).toEqual({ passed: 2, failed: 1, skipped: 1 });
});

it('counts a file that cannot be loaded as one failure', () => {
  expect(countTests({ testResults: [{ status: 'failed', assertionResults: [] }] }).failed).toBe(1);
});

it('ends with passed and failed, and with skipped only where a test was', () => {
  expect(lastLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(lastLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});
