import type { FlowDocument } from '../../contracts/flow/document.ts';

/** A small flow that says, asks, decides and ends; the documentation shows it whole. */
export const exampleFlow: FlowDocument = {
  schemaVersion: 1,
  name: 'Flower shop',
  languages: ['cs-CZ', 'en-US'],
  voiceId: { 'cs-CZ': 'cs-CZ-Standard-A', 'en-US': 'en-US-Standard-C' },
  timeZone: 'Europe/Prague',
  variables: { order: { type: 'text' } },
  start: 'start',
  fault: 'sorry',
  nodes: {
    start: { type: 'start', direction: 'inbound', edges: { next: 'opening-hours' } },
    'opening-hours': {
      type: 'hours',
      calendarId: 'shop',
      edges: { open: 'menu', closed: 'message', holiday: 'message' },
    },
    menu: {
      type: 'menu',
      prompt: {
        'cs-CZ': 'Pro stav objednávky stiskněte 1, pro květinářku 2.',
        'en-US': 'Press 1 for your order, 2 for the florist.',
      },
      options: [
        { outcome: 'order', digit: '1', words: { 'cs-CZ': ['objednávka'], 'en-US': ['order'] } },
        { outcome: 'florist', digit: '2' },
      ],
      timeoutMs: 5000,
      tries: 3,
      edges: { order: 'order-number', florist: 'florist', noInput: 'florist', noMatch: 'florist' },
    },
    'order-number': {
      type: 'collect',
      prompt: { 'cs-CZ': 'Zadejte číslo objednávky.', 'en-US': 'Enter your order number.' },
      variable: 'order',
      minDigits: 4,
      maxDigits: 4,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 2,
      edges: { collected: 'helper', noInput: 'florist', invalid: 'florist' },
    },
    helper: { type: 'assistant', assistantId: 'orders', edges: { ended: 'bye', wantsHuman: 'florist' } },
    florist: {
      type: 'transfer',
      to: { phoneNumber: '+420222999888' },
      ringTimeoutS: 25,
      edges: { completed: 'bye', busy: 'message', noAnswer: 'message', declined: 'message', failed: 'message' },
    },
    message: {
      type: 'voicemail',
      prompt: { 'cs-CZ': 'Nechte nám vzkaz.', 'en-US': 'Please leave a message.' },
      maxLengthS: 120,
      edges: { recorded: 'bye', empty: 'bye' },
    },
    sorry: {
      type: 'say',
      text: { 'cs-CZ': 'Omlouváme se, něco se nepovedlo.', 'en-US': 'Sorry, something went wrong.' },
      edges: { next: 'message' },
    },
    bye: { type: 'hangup', lastWords: { 'cs-CZ': 'Na shledanou.', 'en-US': 'Goodbye.' }, reason: 'done' },
  },
};
