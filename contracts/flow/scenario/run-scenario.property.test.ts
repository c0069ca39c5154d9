import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileFlow } from '../compile.ts';
import { flows, references } from '../testing/random-flow.ts';
import { readScenario } from './read-scenario.ts';
import { runScenario } from './run-scenario.ts';

const after = fc.option(fc.constantFrom(0, 0.5, 3, 100), { nil: undefined });
const action = fc.oneof(
  fc.record({ press: fc.constantFrom('1', '2', '9', '*', '4711#', '777123456'), afterS: after }),
  fc.record({ say: fc.constantFrom('objednávka', 'english', '?'), afterS: after }),
  fc.record({ silent: fc.constant(true) }),
  fc.record({ leaveMessageS: fc.constantFrom(0, 5, 5000) }),
  fc.record({ hangUp: fc.constant(true), afterS: after }),
);
const answers = {
  tools: { 'order-status': { data: { state: 'sent' } } },
  assistants: { reception: { outcome: 'appointment' } },
  transfers: { '+420222999888': { outcome: 'busy' } },
  queues: { support: { agents: [{ busyS: 20 }] } },
  agents: { jana: { outcome: 'declined' } },
  callbacks: { support: { outcome: 'scheduled' } },
};

it('a scenario of any flow comes to an end, whatever its caller does', () => {
  fc.assert(
    fc.property(flows, fc.array(action, { maxLength: 30 }), fc.boolean(), (document, does, isAnswered) => {
      const scenario = readScenario({
        scenarioVersion: 1,
        name: 'x',
        clock: '2026-11-27T17:59 Europe/Prague',
        does: JSON.parse(JSON.stringify(does)),
        ...(isAnswered && { answers }),
      });
      const [call] = runScenario(compileFlow(document, references), scenario).calls;
      expect(call?.run.outcome ?? call?.run.missing).toBeDefined();
      expect(call?.run.missing ?? '').not.toContain('for ever');
    }),
    { numRuns: 300 },
  );
});
