import { expect, it } from 'vitest';
import { readScenarioOptions } from './scenario-options.ts';

it('takes files and folders to run, or a call to record', () => {
  expect(readScenarioOptions(['a', 'b.scenario.json', '--temporal', '--coverage'])).toEqual({
    run: { paths: ['a', 'b.scenario.json'], json: false, coverage: true, temporal: true },
  });
  expect(readScenarioOptions(['--from-call', 'CA1', '--out', 'a.scenario.json', '--tenant', 'acme'])).toEqual({
    fromCall: { callId: 'CA1', out: 'a.scenario.json', tenantId: 'acme' },
  });
});

it.each<[string, string[], string]>([
  ['nothing to run', [], 'it is not said which scenarios to run'],
  ['an unknown option', ['a', '--fast'], '--fast'],
  ['a call and files', ['a', '--from-call', 'CA1'], '--from-call makes a scenario and runs none'],
  ['a place for no call', ['a', '--out', 'b.scenario.json'], '--out is for --from-call alone'],
  ['a place of another kind', ['--from-call', 'CA1', '--out', 'a.json'], '--out takes a *.scenario.json, not "a.json"'],
])('refuses %s', (_name, args, message) => {
  expect(() => readScenarioOptions(args)).toThrow(message);
});
