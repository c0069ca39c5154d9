import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assistantFromDocument, readAssistantDocument } from '../../contracts/assistant-document.ts';
import { compileFlow } from '../../contracts/flow/compile.ts';
import { coverageOf } from '../../contracts/flow/scenario/coverage.ts';
import { runScenario } from '../../contracts/flow/scenario/run-scenario.ts';
import { validate } from '../../contracts/flow/validate.ts';
import { findScenarios } from '../scenario/find-scenarios.ts';
import { loadScenario } from '../scenario/load-scenario.ts';
import { type FlowTemplate, readTemplate, templateNames, templatesFolder } from './flow-template.ts';

const nowMs = Date.UTC(2026, 10, 26);

function referencesOf({ assistants, calendars, tools, webhooks }: FlowTemplate) {
  const read = assistants.map((each) =>
    assistantFromDocument(readAssistantDocument(each), { versionId: 'v1', version: 1 }),
  );
  const byId = Object.fromEntries(read.map(({ assistant }) => [assistant.assistantId, assistant]));
  return { assistants: byId, calendars, tools, webhooks };
}

describe('the template flows', () => {
  it('are six', () => {
    expect(templateNames()).toEqual([
      'ai-reception',
      'bilingual',
      'keypad-menu',
      'lead-qualification',
      'opening-hours',
      'outbound-reminder',
    ]);
  });

  for (const name of templateNames()) {
    const template = readTemplate(name);
    const references = referencesOf(template);

    it(`${name} has neither errors nor warnings, and can be published`, () => {
      const problems = validate(template.flow, { ...references, nowMs, numbers: ['+420222000111'] });
      expect(problems).toEqual([]);
      expect(compileFlow(template.flow, references).name).toBe(template.flow.name);
    });

    it(`${name} has at least five scenarios, which come to every node by every outcome`, async () => {
      const loaded = await Promise.all((await findScenarios([join(templatesFolder, name)])).map(loadScenario));
      expect(loaded.length).toBeGreaterThanOrEqual(5);
      const results = loaded.map(({ flow, scenario }) => runScenario(flow, scenario));
      expect(results.filter(({ ok }) => !ok)).toEqual([]);
      const { nodes, outcomes } = coverageOf(compileFlow(template.flow, references), results);
      expect([nodes.missed, outcomes.missed]).toEqual([[], []]);
    });

    it(`${name} has still no warnings when its holidays are over`, () => {
      const later = validate(template.flow, { ...references, nowMs: Date.UTC(2035, 0, 1) });
      expect(later.filter(({ severity }) => severity === 'warning')).toEqual([]);
    });
  }
});
