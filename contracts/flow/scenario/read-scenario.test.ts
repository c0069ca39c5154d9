import { describe, expect, it } from 'vitest';
import { readScenario, scenarioFaults } from './read-scenario.ts';

const least = { scenarioVersion: 1, name: 'call', clock: '2026-11-27T17:59 Europe/Prague' };
const call = { clock: '2026-11-27T17:59 Europe/Prague' };

describe('a scenario', () => {
  it('that says only when is one call of an unknown caller', () => {
    expect(readScenario(least).calls).toMatchObject([
      { atMs: Date.UTC(2026, 10, 27, 16, 59), callId: 'scenario-1', direction: 'inbound', does: [], expect: {} },
    ]);
  });

  it('hands each call what it does not say itself', () => {
    const { calls } = readScenario({
      ...least,
      caller: { number: '+420777123456', language: 'cs-CZ' },
      answers: { tools: { crm: { data: 1 }, erp: { data: 2 } } },
      calls: [
        {},
        {
          clock: '2026-11-30T09:00 Europe/Prague',
          caller: { language: 'en-US' },
          answers: { tools: { crm: { data: 3 } } },
        },
      ],
    });
    expect(calls).toMatchObject([
      { atMs: Date.UTC(2026, 10, 27, 16, 59), language: 'cs-CZ', answers: { tools: { crm: { data: 1 } } } },
      {
        atMs: Date.UTC(2026, 10, 30, 8),
        callId: 'scenario-2',
        theirNumber: '+420777123456',
        language: 'en-US',
        answers: { tools: { crm: { data: 3 }, erp: { data: 2 } } },
      },
    ]);
  });

  it.each<[string, unknown, { at: string; message: string }]>([
    ['is no object', [], { at: '', message: 'must be an object' }],
    ['has no clock', { ...least, clock: undefined }, { at: '', message: 'it does not say when: give it a clock' }],
    [
      'has a call without a clock',
      { scenarioVersion: 1, name: 'x', calls: [call, {}] },
      { at: '/calls/1', message: 'it does not say when: give it a clock' },
    ],
    [
      'names no zone',
      { ...least, clock: '2026-11-27T17:59' },
      { at: '/clock', message: 'it names no zone: write for example 2026-11-27T17:59 Europe/Prague' },
    ],
    [
      'names an unknown zone',
      { ...least, clock: '2026-11-27T17:59 Europe/Brno' },
      { at: '/clock', message: 'Europe/Brno is no time zone such as Europe/Prague' },
    ],
    [
      'has a day that is none',
      { ...least, clock: '2026-02-30T17:59 Europe/Prague' },
      { at: '/clock', message: 'there is no such date or time' },
    ],
    [
      'has a time that the clock jumps over',
      { ...least, clock: '2026-03-29T02:30 Europe/Prague' },
      { at: '/clock', message: 'in Europe/Prague the clock jumps over this time' },
    ],
    [
      'has a clock in other words',
      { ...least, clock: 'Friday evening' },
      {
        at: '/clock',
        message: 'write it as 2026-11-27T17:59 Europe/Prague, or with an offset as 2026-11-27T17:59:00+01:00',
      },
    ],
    ['has a field that is none', { ...least, anwsers: {} }, { at: '', message: 'there is no field anwsers' }],
    ['is of another version', { ...least, scenarioVersion: 2 }, { at: '/scenarioVersion', message: 'must be 1' }],
    [
      'has an action of nothing',
      { ...least, does: [{ afterS: 1 }] },
      { at: '/does/0', message: 'it says nothing that a caller does: press, say, silent, leaveMessageS, hangUp' },
    ],
    [
      'has an action of two',
      { ...least, does: [{ press: '1', say: 'jedna' }] },
      { at: '/does/0', message: 'a caller does one thing at a time: press or say' },
    ],
    [
      'has an answer of another kind',
      { ...least, answers: { tools: { crm: 5 } } },
      { at: '/answers/tools/crm', message: 'must be an object or a list' },
    ],
    [
      'has an unknown field in the second of its answers',
      { ...least, answers: { tools: { crm: [{}, { dat: 1 }] } } },
      { at: '/answers/tools/crm/1', message: 'there is no field dat' },
    ],
    [
      'has an unknown outcome of a transfer',
      { ...least, answers: { transfers: { boss: { outcome: 'engaged' } } } },
      { at: '/answers/transfers/boss/outcome', message: 'must be one of completed, busy, noAnswer, declined, failed' },
    ],
    [
      'expects words by two measures',
      { ...least, expect: { said: [{ contains: 'a', equals: 'b' }] } },
      { at: '/expect/said/0', message: 'say it by one of contains, equals and prompt' },
    ],
    [
      'expects two gaps',
      { ...least, expect: { path: ['...', '...', 'bye'] } },
      { at: '/expect/path/0', message: 'two gaps follow each other' },
    ],
    [
      'expects what cannot be',
      { ...least, expect: { durationS: { atLeast: 9, atMost: 8 } } },
      { at: '/expect/durationS', message: 'atLeast (9) is more than atMost (8)' },
    ],
    [
      'says twice what its callers do',
      { ...least, does: [], calls: [call] },
      { at: '/does', message: 'each call says for itself what its caller does' },
    ],
  ])('that %s is told so, and where', (_name, json, fault) => {
    expect(scenarioFaults(json)).toEqual([fault]);
  });

  it('that cannot be read throws all that is wrong with it', () => {
    const json = { ...least, does: [{}, { press: 'x' }] };
    expect(() => readScenario(json)).toThrow('/does/1/press');
  });
});
