import { describe, expect, it } from 'vitest';
import { compileFlow } from '../compile.ts';
import { flowOf } from '../testing/play.ts';
import type { JsonObject } from '../../tools.ts';
import { readScenario, scenarioFaults } from './read-scenario.ts';
import { recordScenario } from './recording/record-scenario.ts';
import { runScenario } from './run-scenario.ts';
import { withStandIns } from './stand-ins.ts';

const document = flowOf(
  { type: 'http', toolId: 'crm', edges: { ok: '', failed: '', timeout: '' } },
  {
    variables: { order: { type: 'text', default: 'none' } },
    voicemailMessage: 'We called about {{ vars.order }}.',
    nodes: {
      'end-ok': { type: 'assistant', assistantId: 'sales', edges: { ended: 'bye' } },
      bye: { type: 'hangup', reason: 'done' },
    },
  },
);
const flow = compileFlow(document, withStandIns(document, {}));
const scenarioOf = (answeredBy: JsonObject | undefined, more: JsonObject = {}): JsonObject => ({
  scenarioVersion: 1,
  name: 'x',
  clock: '2026-11-26T10:00 Europe/Prague',
  direction: 'outbound',
  ...(answeredBy && { answeredBy }),
  answers: { tools: { crm: { afterS: 1 } }, ...more },
});
const play = (scenario: JsonObject) => {
  const [call] = runScenario(flow, readScenario(scenario)).calls;
  const { stays = [], heard = [], outcome, missing, decisions = [] } = call?.run ?? {};
  return {
    path: stays.map((stay) => `${stay.node}: ${stay.outcome}`).slice(-1),
    heard: heard.map(({ text }) => text),
    outcome,
    missing,
    decisions,
  };
};
const message = ['We called about none.'];
const talked = { assistants: { sales: { outcome: 'ended', afterS: 9 } } };

describe('a call of ours that a machine takes', () => {
  it.each<[what: string, scenario: JsonObject, path: string, heard: string[], outcome: string]>([
    [
      'beside the flow, whatever it waits for',
      scenarioOf({ who: 'machine' }),
      'end-ok: voicemail',
      message,
      'voicemail',
    ],
    [
      'while somebody else is asked',
      scenarioOf({ who: 'machine', afterS: 0.5 }),
      'it: voicemail',
      message,
      'voicemail',
    ],
    [
      'before the flow begins',
      scenarioOf({ who: 'machine', machineDetection: 'sync' }),
      'start: voicemail',
      message,
      'voicemail',
    ],
    [
      'and that is to be hung up on',
      scenarioOf({ who: 'machine', onVoicemail: 'hang-up' }),
      'end-ok: voicemail',
      [],
      'voicemail',
    ],
    ['that is a fax', scenarioOf({ who: 'fax' }), 'end-ok: voicemail', [], 'voicemail'],
    ['while nobody looks', scenarioOf({ who: 'machine', machineDetection: 'off' }, talked), 'bye: done', [], 'done'],
    ['when the flow has ended', scenarioOf({ who: 'machine', afterS: 60 }, talked), 'bye: done', [], 'done'],
    ['as the carrier cannot tell', scenarioOf({ who: 'unknown' }, talked), 'bye: done', [], 'done'],
  ])('%s', (_, scenario, path, heard, outcome) =>
    expect(play(scenario)).toMatchObject({ path: [path], heard, outcome, missing: undefined }),
  );

  it('needs a call that we place', () => {
    expect(scenarioFaults({ ...scenarioOf({ who: 'machine' }), direction: 'inbound' })).toEqual([
      { at: '/answeredBy', message: expect.stringContaining('direction outbound') },
    ]);
  });

  it.each<JsonObject>([
    { who: 'machine', machineDetection: 'async', afterS: 7 },
    { who: 'machine', machineDetection: 'sync' },
    { who: 'fax', machineDetection: 'async', afterS: 0.5 },
    { who: 'machine', machineDetection: 'async', afterS: 7, onVoicemail: 'hang-up' },
  ])('becomes a scenario that says so: %j', (answeredBy) => {
    const { decisions } = play(scenarioOf(answeredBy));
    const recorded = recordScenario({ name: 'x', direction: 'outbound', language: 'cs-CZ', decisions, flow });
    expect(recorded).toMatchObject({ answeredBy, expect: { outcome: 'voicemail' } });
  });
});
