import { describe, expect, it } from 'vitest';
import { assistantFromDocument, readAssistantDocument } from '../assistant-document.ts';
import { readFlowDocument, validateFlow } from './validate.ts';

const { assistant } = assistantFromDocument(
  readAssistantDocument({
    tenant_id: 't',
    assistant_id: 'a1',
    name: 'A',
    system_prompt: 'x',
    language: 'cs-CZ',
    model_config: { realtime_model: 'gemini-3.8-live' },
    voice_config: { voice_id: 'Kore' },
    outcomes: [{ name: 'sold', description: 'bought' }],
  }),
  { versionId: 'v1', version: 1 },
);
const flow = {
  schemaVersion: 1,
  name: 'f',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'a1', edges: { sold: 'bye', ended: 'bye' } },
    bye: { type: 'hangup' },
  },
};
const withNodes = (nodes: object) =>
  validateFlow({ ...flow, nodes: { ...flow.nodes, ...nodes } }, { assistants: { a1: assistant } });

describe('validateFlow', () => {
  it('lets a sound flow pass and warns of outcomes that take the degraded plan', () => {
    expect(readFlowDocument(flow, { assistants: { a1: assistant } }).name).toBe('f');
    expect(withNodes({}).every(({ severity }) => severity === 'warning')).toBe(true);
    expect(withNodes({})).toContainEqual(
      expect.objectContaining({ at: 'helper', message: expect.stringContaining('"escalation" has no edge') }),
    );
  });

  it('finds edges to nowhere, unknown outcomes and unknown assistants', () => {
    const problems = withNodes({
      helper: { type: 'assistant', assistantId: 'a2', edges: { sold: 'bye', ended: 'nowhere' } },
    });
    const messages = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    expect(messages).toEqual(
      expect.arrayContaining([
        'there is no assistant "a2"',
        expect.stringContaining('no outcome "sold"'),
        expect.stringContaining('"nowhere", which does not exist'),
      ]),
    );
  });

  it('warns of a node that nothing leads to', () => {
    expect(withNodes({ island: { type: 'hangup' } })).toContainEqual({
      severity: 'warning',
      at: 'island',
      message: 'no edge leads to it',
    });
  });

  it('refuses a document of another shape with the path of the fault', () => {
    expect(() =>
      readFlowDocument({ ...flow, nodes: { start: { type: 'party', edges: {} } } }, { assistants: {} }),
    ).toThrow(/\/nodes\/start/);
  });

  it('refuses what calls cannot do yet', () => {
    const problems = withNodes({
      tags: { type: 'tag', tags: ['sale'], edges: { next: 'bye' } },
      music: { type: 'say', text: { promptId: 'hello' }, edges: { next: 'bye' } },
    });
    expect(problems).toContainEqual(
      expect.objectContaining({ at: 'tags', severity: 'error', message: expect.stringContaining('yet') }),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({ at: 'music', severity: 'error', message: expect.stringContaining('yet') }),
    );
  });

  it('refuses a node whose parameters are of another shape, at the parameter', () => {
    const problems = withNodes({ order: { type: 'collect', prompt: 'x', variable: '1st', edges: {} } });
    expect(problems.map(({ at }) => at)).toContain('/nodes/order/variable');
  });
});
