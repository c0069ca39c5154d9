import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { loadScenario } from '../../simulator/scenarios/load-scenario.ts';
import { type RealtimeModelServer, startRealtimeModel } from '../../simulator/realtime-model/server.ts';
import { modelTraps, networkTraps } from './trap-faults.ts';

let model: RealtimeModelServer;
beforeAll(async () => {
  model = await startRealtimeModel({ port: 0 });
});
afterAll(() => model.close());

const away = loadScenario('trap-quota-exceeded');

/** Opens a session by the scenario's key and says one thing; resolves with the close code. */
function say(name: string, message: object): Promise<number> {
  const path = 'ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
  const ws = new WebSocket(`${model.url.replace('http', 'ws')}/${path}?key=sim-${name}`);
  ws.on('open', () => ws.send(JSON.stringify(message)));
  return new Promise((resolve) => ws.on('close', resolve));
}
const setup = { setup: { model: 'models/gemini-3.8-live' } };

describe('the traps of a call', () => {
  it('are faults of it until they have sprung, also in a second call on the same stack', async () => {
    const config = { GEMINI_BASE_URL: model.url, OPENAI_BASE_URL: undefined };
    for (let call = 0; call < 2; call += 1) {
      const traps = modelTraps(config, away);
      await traps.arm();
      expect(await traps.faults()).toEqual(['the trap quota-exceeded never sprang']);
      expect(await say(away.name, setup)).toBe(1011);
      expect(await traps.faults()).toEqual([]);
    }
  });

  it('tell what a real model refuses, unless the scenario provokes it', async () => {
    const config = { GEMINI_BASE_URL: model.url, OPENAI_BASE_URL: undefined };
    const scenario = loadScenario('tool-fails');
    const traps = modelTraps(config, scenario);
    await traps.arm();
    expect(await say(scenario.name, { setup: { model: 'models/none' } })).toBe(1008);
    expect(await traps.faults()).toEqual([expect.stringContaining('refused: models/none is not found')]);
    const provoked = modelTraps(config, { ...scenario, expect: { modelFaults: ['is not found'] } });
    await say(scenario.name, { setup: { model: 'models/none' } });
    expect(await provoked.faults()).toEqual([]);
  });

  it('that punish a fault of ours need not spring', async () => {
    const traps = modelTraps(
      { GEMINI_BASE_URL: model.url, OPENAI_BASE_URL: undefined },
      loadScenario('trap-audio-outside-activity-refused'),
    );
    await traps.arm();
    expect(await traps.faults()).toEqual([]);
  });
});

it('the traps of the network are those of its calls, or of its requests', () => {
  const traps = ['media-jitter', 'rest-answer-lost', 'go-away'];
  expect(networkTraps({ traps }, 'call')).toEqual(['media-jitter']);
  expect(networkTraps({ traps }, 'rest')).toEqual(['rest-answer-lost']);
});
