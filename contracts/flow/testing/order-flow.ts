import type { FlowDocument } from '../document.ts';
import type { ValidationContext } from '../validation/validation-context.ts';

/** What `orderFlow` is judged against. */
export const orderContext: ValidationContext = {
  assistants: { reception: { outcomes: [{ name: 'sold' }] } },
  queues: { sales: { name: 'Sales' } },
  nowMs: Date.parse('2026-11-27T12:00Z'),
};

/** A sound flow that asks for an order's number, says it and puts through to an assistant. */
export const orderFlow = {
  schemaVersion: 1,
  name: 'demo',
  languages: ['cs-CZ', 'en-US'],
  voiceId: 'cs-CZ-Standard-A',
  variables: { order: { type: 'text' } },
  start: 'start',
  fault: 'bye',
  nodes: {
    start: { type: 'start', edges: { next: 'welcome' } },
    welcome: { type: 'say', text: { 'cs-CZ': 'Vítejte', 'en-US': 'Welcome' }, edges: { next: 'order' } },
    order: {
      type: 'collect',
      prompt: 'Číslo?',
      variable: 'order',
      minDigits: 4,
      maxDigits: 4,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 2,
      edges: { collected: 'repeat', noInput: 'bye', invalid: 'bye' },
    },
    repeat: { type: 'say', text: 'Zadali jste {{ vars.order | digits }}.', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'reception', edges: { ended: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou' },
  },
} satisfies FlowDocument;

/** `orderFlow` with some nodes replaced, added, or (null) gone. */
export const withNodes = (nodes: Record<string, object | null>, more: object = {}) => ({
  ...orderFlow,
  ...more,
  nodes: Object.fromEntries(Object.entries({ ...orderFlow.nodes, ...nodes }).filter(([, node]) => node !== null)),
});

/** A node that says a text and goes on. */
export const say = (text: unknown, next = 'order') => ({ type: 'say', text, edges: { next } });
