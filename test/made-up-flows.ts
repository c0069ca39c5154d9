/** Flows that the carrier carries out without any assistant. */
import type { FlowDocument } from '../contracts/flow/document.ts';

const frame: Omit<FlowDocument, 'nodes'> = {
  schemaVersion: 1,
  name: 'f',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
};
const asks = (variable: string, next: string, sensitive: boolean): FlowDocument['nodes'][string] => ({
  type: 'collect',
  prompt: variable,
  variable,
  minDigits: 1,
  maxDigits: 8,
  finishOnKey: '#',
  timeoutMs: 5000,
  tries: 1,
  sensitive,
  edges: { collected: next, noInput: next, invalid: next },
});
/** Says nothing and ends. */
export const shortFlow = (name: string): FlowDocument => ({
  ...frame,
  name,
  nodes: { start: { type: 'start', edges: { next: 'bye' } }, bye: { type: 'hangup' } },
});
/** Is recorded from the beginning, and asks for something sensitive in between. */
export const recordedFlow: FlowDocument = {
  ...frame,
  nodes: {
    start: { type: 'start', edges: { next: 'record' } },
    record: { type: 'recording', action: 'start', edges: { next: 'order' } },
    order: asks('order', 'card', false),
    card: asks('card', 'street', true),
    street: asks('street', 'bye', false),
    bye: { type: 'hangup' },
  },
};
/** Is recorded while it talks with an assistant. */
export const recordedTalkFlow: FlowDocument = {
  ...frame,
  nodes: {
    start: { type: 'start', edges: { next: 'record' } },
    record: { type: 'recording', action: 'start', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'helper', edges: { ended: 'bye' } },
    bye: { type: 'hangup' },
  },
};

/** Takes a message. */
export const mailboxFlow: FlowDocument = {
  ...frame,
  nodes: {
    start: { type: 'start', edges: { next: 'mailbox' } },
    mailbox: { type: 'voicemail', prompt: 'Vzkaz', maxLengthS: 60, edges: { recorded: 'bye', empty: 'bye' } },
    bye: { type: 'hangup', reason: 'left a message' },
  },
};
/** Puts the caller through, and ends by what comes of it. */
export const transferFlow: FlowDocument = {
  ...frame,
  nodes: {
    start: { type: 'start', edges: { next: 'florist' } },
    florist: {
      type: 'transfer',
      to: { phoneNumber: '+420222999888' },
      ringTimeoutS: 20,
      edges: { completed: 'bye', busy: 'busy', noAnswer: 'bye', declined: 'declined', failed: 'bye' },
    },
    busy: { type: 'hangup', reason: 'was-busy' },
    declined: { type: 'hangup', reason: 'has-declined' },
    bye: { type: 'hangup' },
  },
};
/** Has an assistant `reception` with these of its own tools alone, and can be entered by other flows. */
export const toolTalkFlow = (name: string, tools: string[]): FlowDocument => ({
  ...frame,
  name,
  fault: 'bye',
  nodes: {
    start: { type: 'start', edges: { next: 'talk' } },
    talk: { type: 'assistant', assistantId: 'reception', tools, edges: { ended: 'bye', order: 'bye' } },
    bye: { type: 'return', name: 'done' },
  },
});
