import { describe, expect, it } from 'vitest';
import { WrongUsage } from '../running/command-line.ts';
import { readReplayOptions } from './replay-options.ts';
import { dayIn } from './stored-calls.ts';

describe('the options of npm run replay', () => {
  it('name a call, or a day and whose', () => {
    expect(readReplayOptions(['--call', 'CA1', '--flow', 'shop', '--json'])).toEqual({
      calls: { callId: 'CA1' },
      flow: 'shop',
      json: true,
    });
    expect(readReplayOptions(['--day', '2026-11-26', '--flow', 'shop@3', '--flow-id', 'all']).calls).toEqual({
      day: '2026-11-26',
      tenantId: 'demo',
      flowId: 'all',
    });
  });

  it.each([
    [['--call', 'CA1'], '--flow is missing'],
    [['--flow', 'shop'], 'either --call or --day'],
    [['--flow', 'shop', '--call', 'CA1', '--day', '2026-11-26'], 'either --call or --day'],
    [['--flow', 'shop', '--day', '2026-02-30'], '--day takes a date'],
    [['--flow', 'shop', '--day', 'today'], '--day takes a date'],
    [['--flow', 'shop', '--call', 'CA1', '--tenant', 'acme'], '--tenant is for --day alone'],
    [['--flow', 'shop', '--call', 'CA1', '--loud'], '--loud'],
  ])('refuse %j', (args, why) => {
    expect(() => readReplayOptions(args)).toThrow(WrongUsage);
    expect(() => readReplayOptions(args)).toThrow(why);
  });
});

it('counts a day by the clock on the wall, also when it has 23 hours', () => {
  const { fromMs, untilMs } = dayIn('Europe/Prague', '2027-03-28');
  expect([new Date(fromMs).toISOString(), (untilMs - fromMs) / 3_600_000]).toEqual(['2027-03-27T23:00:00.000Z', 23]);
  expect(() => dayIn('Mars/Olympus', '2027-03-28')).toThrow('Mars/Olympus is no time zone');
});
