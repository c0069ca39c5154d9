import { describe, expect, it } from 'vitest';
import { compileFlow } from './compile.ts';
import { contactFacts } from './contact-facts.ts';
import type { FlowDocument } from './document.ts';
import { flowOf, play } from './testing/play.ts';

const inner: FlowDocument = {
  ...flowOf({ type: 'say', text: '{{ contact.pin }}', edges: {} }),
  contact: { pin: { type: 'text' }, note: { type: 'text', sensitive: true } },
  nodes: {
    start: { type: 'start', edges: { next: 'tell' } },
    tell: { type: 'say', text: '{{ contact.pin }} {{ contact.note }}', edges: { next: 'back' } },
    back: { type: 'return', name: 'done' },
  },
};
const outer: FlowDocument = {
  ...flowOf({ type: 'subflow', flowId: 'inner', edges: { done: '' } }),
  contact: {
    pin: { type: 'text', sensitive: true },
    turnover: { type: 'number', default: 0 },
    vip: { type: 'boolean', default: false },
  },
};
const references = { assistants: {}, flows: { inner: { liveVersion: 1, versions: { 1: inner } } } };
const flow = compileFlow(outer, references);

describe('contact facts', () => {
  it('are what the flow and its subflows declare, typed, with defaults for what is missing', () => {
    const given = { pin: 4711, turnover: '1200', note: 'x', strange: 'y', vip: 'perhaps' };
    expect(contactFacts(flow, given)).toEqual({
      contact: { pin: '4711', turnover: 1200, vip: false, note: 'x' },
      notes: ['the value for "contact.vip" is no boolean'],
    });
  });

  it('stand masked in the ledger where any of them says so, in the subflow as well', () => {
    const contact = { pin: '4711', note: 'hush', strange: 'secret' };
    const { steps } = play(outer, [{ type: 'started', contact }], { references });
    const decisions = steps.flatMap((step) => step.decisions);
    expect(decisions[0]).toMatchObject({ event: { contact: { pin: '•••', note: '•••' } } });
    expect(JSON.stringify(decisions)).not.toMatch(/4711|hush|secret/);
    expect(JSON.stringify(steps.map(({ instructions }) => instructions))).toContain('4711 hush');
  });

  it('are cut where a tool tells too much, in the ledger as well', () => {
    const { steps, state } = play(outer, [{ type: 'started', contact: { turnover: 7, pin: 'x'.repeat(100_000) } }], {
      references,
    });
    expect(JSON.stringify(state.facts.contact).length).toBeLessThan(3_100);
    expect(JSON.stringify(steps[0]?.decisions).length).toBeLessThan(3_000);
    expect(steps[0]?.decisions[0]?.notes).toContain('what came was cut');
  });

  it('that nobody could tell are missing with a reason', () => {
    const { steps } = play(outer, [{ type: 'started', contactMissing: 'the tool has failed' }], { references });
    expect(steps[0]?.decisions[0]?.notes).toEqual(['nothing is known of the contact: the tool has failed']);
  });
});
