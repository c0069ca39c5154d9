/** The flows behind the calls of `simulator/scenarios/flow-calls.ts`. */
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { noticeSecret } from '../../simulator/crm/notices.ts';
import { encodeWav } from '../../simulator/phone-network/wav.ts';
import { florists } from '../../simulator/scenarios/flow-calls.ts';
import { loadPhraseBook, phrasePcm } from '../../simulator/speech/phrase-book.ts';
import type { SeedRequest } from '../seed/seed-tenant.ts';

const frame = {
  schemaVersion: 1,
  languages: ['cs-CZ'],
  voiceId: { 'cs-CZ': 'cs-CZ-Standard-A', 'en-US': 'en-US-Standard-C' },
  start: 'start',
} satisfies Partial<FlowDocument>;
const goodbye = {
  'cs-CZ': 'Děkuji za zavolání a přeji hezký den. Na shledanou.',
  'en-US': 'Thank you for calling and have a nice day. Goodbye.',
};
const bye = { type: 'hangup', lastWords: goodbye, reason: 'done' } as const;

const menu: FlowDocument = {
  ...frame,
  name: 'Rozcestník',
  languages: ['cs-CZ', 'en-US'],
  variables: { choice: { type: 'text', default: 'none' } },
  nodes: {
    start: { type: 'start', edges: { next: 'language' } },
    language: {
      type: 'language',
      method: 'ask',
      prompt: 'Pro češtinu stiskněte 1. For English, press 2.',
      choices: [
        { language: 'cs-CZ', digit: '1' },
        { language: 'en-US', digit: '2' },
      ],
      timeoutMs: 5000,
      tries: 2,
      edges: { 'cs-CZ': 'welcome', 'en-US': 'welcome', otherwise: 'welcome' },
    },
    welcome: { type: 'say', text: { promptId: 'welcome' }, edges: { next: 'hours' } },
    hours: { type: 'hours', calendarId: 'always', edges: { open: 'menu', closed: 'bye' } },
    menu: {
      type: 'menu',
      prompt: { 'cs-CZ': 'Objednávka, nebo vrácení?', 'en-US': 'Order or return?' },
      options: [
        { outcome: 'orders', digit: '1', words: { 'cs-CZ': ['objednávka'], 'en-US': ['my order'] } },
        { outcome: 'returns', digit: '2', words: { 'cs-CZ': ['vrátit'], 'en-US': ['return something'] } },
      ],
      timeoutMs: 5000,
      tries: 3,
      onNoMatch: {
        'cs-CZ': 'Promiňte, nerozuměla jsem. Můžete to zopakovat?',
        'en-US': 'Sorry, I did not understand. Could you say it again?',
      },
      edges: { orders: 'bye', returns: 'remember', noInput: 'bye', noMatch: 'bye' },
    },
    remember: { type: 'set', assignments: [{ variable: 'choice', value: 'return' }], edges: { next: 'which' } },
    which: {
      type: 'condition',
      rules: [{ outcome: 'returns', when: { variable: 'vars.choice', operator: 'equals', value: 'return' } }],
      edges: { returns: 'half', otherwise: 'bye' },
    },
    half: { type: 'split', branches: [{ outcome: 'one', weight: 1 }], edges: { one: 'hold' } },
    hold: { type: 'wait', durationS: 1, musicPromptId: 'welcome', edges: { next: 'pause' } },
    pause: { type: 'wait', durationS: 1, edges: { next: 'told' } },
    told: {
      type: 'say',
      text: { 'cs-CZ': 'Vaše volba: {{ vars.choice }}.', 'en-US': 'Your choice: {{ vars.choice }}.' },
      edges: { next: 'bye' },
    },
    bye,
  },
};

const dials = (to: { phoneNumber: string } | { sipUri: string }, next: string) =>
  ({
    type: 'transfer',
    to,
    ringTimeoutS: 5,
    edges: { completed: next, busy: next, noAnswer: next, declined: next, failed: next },
  }) as const;

const transfer: FlowDocument = {
  ...frame,
  name: 'Přepojení',
  nodes: {
    start: { type: 'start', edges: { next: 'first' } },
    first: dials({ phoneNumber: florists.declines }, 'second'),
    second: dials({ phoneNumber: florists.busy }, 'third'),
    third: dials({ phoneNumber: florists.nowhere }, 'fourth'),
    fourth: dials({ phoneNumber: florists.silent }, 'desk'),
    desk: dials({ sipUri: florists.desk }, 'last'),
    last: dials({ phoneNumber: florists.answers }, 'bye'),
    bye,
  },
};

const handover: FlowDocument = {
  ...frame,
  name: 'Předání člověku',
  nodes: {
    start: { type: 'start', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'objednavky', edges: { wantsHuman: 'colleague', ended: 'bye' } },
    colleague: dials({ phoneNumber: florists.takesOver }, 'bye'),
    bye,
  },
};

const voicemail: FlowDocument = {
  ...frame,
  name: 'Vzkaz',
  nodes: {
    start: { type: 'start', edges: { next: 'mailbox' } },
    mailbox: {
      type: 'voicemail',
      prompt: 'Nechte nám vzkaz.',
      maxLengthS: 60,
      to: { webhookId: 'crm' },
      edges: { recorded: 'bye', empty: 'bye' },
    },
    bye,
  },
};

const recording: FlowDocument = {
  ...frame,
  name: 'Nahrávaný hovor',
  variables: { number: { type: 'text', sensitive: true } },
  nodes: {
    start: { type: 'start', edges: { next: 'record' } },
    record: {
      type: 'recording',
      action: 'start',
      consent: { prompt: 'Souhlasíte-li s nahráváním, stiskněte 1.', given: 'by-key', key: '1', timeoutMs: 5000 },
      edges: { next: 'more', refused: 'bye' },
    },
    more: { type: 'say', text: 'Mohu pro vás udělat ještě něco dalšího?', edges: { next: 'listen' } },
    listen: { type: 'wait', durationS: 3, edges: { next: 'number' } },
    number: {
      type: 'collect',
      prompt: 'Zadejte prosím číslo objednávky a stiskněte křížek.',
      variable: 'number',
      minDigits: 4,
      maxDigits: 8,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 1,
      sensitive: true,
      edges: { collected: 'thanks', noInput: 'bye', invalid: 'bye' },
    },
    thanks: { type: 'say', text: 'Děkuji, zadané číslo jsem přijala.', edges: { next: 'enough' } },
    enough: { type: 'recording', action: 'stop', edges: { next: 'bye' } },
    bye,
  },
};

/** What the tenants of these calls have instead of the demo's flow, by the name of the call. */
export const flowCallSeeds: Readonly<Record<string, (crmPort: number) => Partial<SeedRequest>>> = {
  'flow-menu': () => ({
    flow: menu,
    parts: {
      calendars: {
        always: {
          timeZone: 'Europe/Prague',
          weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
        },
      },
      prompts: {
        welcome: {
          files: { 'cs-CZ': spoken('cs-assistant-opening-hours'), 'en-US': spoken('en-assistant-opening-hours') },
        },
      },
    },
  }),
  'flow-transfer': () => ({ flow: transfer }),
  'flow-handover': () => ({ flow: handover }),
  'flow-voicemail': (crmPort) => ({
    flow: voicemail,
    parts: { webhooks: { crm: { url: `http://127.0.0.1:${crmPort}/notices`, secret: noticeSecret } } },
  }),
  'flow-recording': () => ({ flow: recording }),
};

/** A phrase of the book as a tenant would bring it: a WAV file of 16-bit samples at 16 kHz. */
function spoken(phraseId: string): Uint8Array {
  return encodeWav([phrasePcm(loadPhraseBook().byId(phraseId), 16_000)], 16_000);
}
