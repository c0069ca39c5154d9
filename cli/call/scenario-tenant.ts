import type { FlowDocument } from '../../contracts/flow/document.ts';
import { demoDocument, demoNumbers, type DemoLanguage } from '../demo/demo-tenants.ts';
import { effectCallSeeds } from './effect-call-seeds.ts';
import { flowCallSeeds } from './flow-call-seeds.ts';
import { templateCallSeeds } from './template-call-seeds.ts';
import type { SeedRequest } from '../seed/seed-tenant.ts';

/** The product's side of a scenario: whose call it is and what its number does. */
export interface ScenarioTenant {
  tenantId: string;
  phoneNumber: string;
  /** What the API is asked for beside the number, where the product calls. */
  dial?: Readonly<Record<string, string | number>>;
  /** What to seed first; absent for the demos, which are seeded at the start. */
  seed?: SeedRequest;
}

export interface ScenarioTenantSettings {
  name: string;
  /** Its place in the list of scenarios: gives it a number of its own. */
  index: number;
  language: DemoLanguage;
  carrier: { accountId: string; authToken: string };
  crmPort: number;
}

/** A tenant of its own for each scenario, so that scenarios can run side by side and see nothing of each other. */
export function scenarioTenant({ name, index, language, carrier, crmPort }: ScenarioTenantSettings): ScenarioTenant {
  if (name === 'demo-cs') return { tenantId: 'demo', phoneNumber: demoNumbers.cs };
  if (name === 'demo-en') return { tenantId: 'demo-en', phoneNumber: demoNumbers.en };
  const tenantId = `scenario-${name}`;
  const phoneNumber = `+420555001${String(index).padStart(3, '0')}`;
  const document = { ...demoDocument(language, crmPort), tenant_id: tenantId };
  const change = (changes[name] ?? (isOpenAi(name) ? throughOpenAi(name) : undefined))?.(document) ?? {};
  const number = { phoneNumber, accountId: carrier.accountId };
  const seed: SeedRequest = {
    documents: [document],
    number,
    carrier,
    modelKey: `sim-${name}`,
    allowedPrivateHosts: [`127.0.0.1:${crmPort}`],
    ...change,
    ...flowCallSeeds[name]?.(crmPort),
    ...effectCallSeeds[name]?.(number, crmPort),
    ...templateCallSeeds[name]?.(tenantId, crmPort),
  };
  const dial = dials[name];
  return { tenantId, phoneNumber, seed, ...(dial && { dial }) };
}

const dials: Readonly<Record<string, ScenarioTenant['dial']>> = {
  'outbound-no-answer': { ringTimeoutS: 5 },
  'outbound-machine': { machineDetection: 'sync' },
  'outbound-voicemail': { machineDetection: 'sync' },
};

type Document = Record<string, unknown>;

/** What a scenario's tenant does differently from the demo. */
const changes: Readonly<Record<string, (document: Document) => Partial<SeedRequest>>> = {
  'barge-in-off': uninterrupted,
  'patient-pause': (document) => ({
    documents: [{ ...document, model_config: { ...objectOf(document['model_config']), latency_profile: 'patient' } }],
  }),
  silence: (document) => ({ documents: [{ ...document, silence: { remind_after_s: 4, reminders: 2 } }] }),
  'time-limit': (document) => ({ documents: [{ ...document, max_duration_s: 24 }] }),
  'half-hour': (document) => ({ documents: [{ ...document, max_duration_s: 5400 }] }),
  'tool-fails': (document) => ({ documents: [{ ...document, tools: toolsAt(document['tools'], '/orders/nowhere') }] }),
  'tool-hangs': (document) => ({
    documents: [{ ...document, ...older, tools: toolsAt(document['tools'], '/orders/never', { timeout_ms: 2500 }) }],
  }),
  'tool-talked-over': (document) => ({
    documents: [{ ...document, ...older, tools: toolsAt(document['tools'], '/orders/slow-status') }],
  }),
  'long-prompt': (document) => ({
    documents: [{ ...document, ...older, system_prompt: `${String(document['system_prompt'])}\n${houseRules}` }],
  }),
  outbound: callsCustomers,
  'outbound-hello': callsCustomers,
  'outbound-answer-lost': callsCustomers,
  'outbound-answer-late': callsCustomers,
  'outbound-throttled': callsCustomers,
  'trap-status-callbacks-out-of-order': callsCustomers,
  'outbound-voicemail': leavesMessages,
  'outbound-beep': leavesMessages,
  'outbound-no-beep': leavesMessages,
  'outbound-fax': leavesMessages,
  'outbound-detection-repeated': leavesMessages,
  'outbound-detection-lost': leavesMessages,
  'outbound-detection-late': callsCustomers,
  'outbound-withdrawn': callsCustomers,
  'outbound-machine-hung-up': callsCustomers,
  'outbound-nobody-knows': leavesMessages,
  'outbound-mistaken': leavesMessages,
  'two-assistants': (document) => secondAssistant(document, {}),
  'openai-two-assistants': (document) => ({
    ...secondAssistant({ ...document, model_config: openAiModel }, {}),
    openAiKey: 'sim-openai-two-assistants',
  }),
  'extended-thinking': (document) =>
    secondAssistant(document, { model_config: { realtime_model: 'gemini-3.8-live-extended-thinking' } }),
  'hard-question': (document) => ({
    documents: [
      {
        ...document,
        model_config: {
          ...objectOf(document['model_config']),
          hard_questions: { realtime_model: 'gemini-3.8-live-extended-thinking', description: 'Faults of devices.' },
        },
      },
    ],
  }),
  'sensitive-digits': (document) => ({
    flow: recorded,
    documents: [
      {
        ...document,
        sensitive_inputs: [
          { name: 'customer_number', description: 'Needed for the state of an order.', min_digits: 6, max_digits: 16 },
        ],
        tools: changedTools(document['tools'], () => ({
          body: { order_number: '{{sensitive.customer_number}}' },
          parameters: { type: 'object', properties: {} },
        })),
      },
    ],
  }),
  'trap-model-mute': (document) => ({
    documents: [
      { ...document, model_config: { ...objectOf(document['model_config']), fallback_models: ['gpt-realtime-2.1'] } },
    ],
    openAiKey: 'sim-trap-model-mute',
  }),
  'trap-model-hangs': () => ({ flow: assistantOrSorry }),
  'trap-model-away': () => ({ flow: assistantOrSorry }),
  'trap-late-turn-end': uninterrupted,
  'trap-function-taken-away': (document) => secondAssistant(document, { tools: [] }),
  'collect-digits': () => ({ flow: collectThenAssistant }),
};

const deliveryQuestion = 'Dobrý den, volám kvůli doručení vaší objednávky. Hodí se vám zítra dopoledne?';

function uninterrupted(document: Document): Partial<SeedRequest> {
  return { documents: [{ ...document, voice_config: { voice_id: 'cs-CZ-Standard-A', barge_in: false } }] };
}

function callsCustomers(document: Document): Partial<SeedRequest> {
  return { documents: [{ ...document, greeting: deliveryQuestion }] };
}

function leavesMessages(document: Document): Partial<SeedRequest> {
  return { ...callsCustomers(document), flow: withMessage };
}

function secondAssistant(document: Document, change: Document): Partial<SeedRequest> {
  const technical = {
    ...document,
    ...change,
    assistant_id: 'technika',
    name: 'Technická podpora',
    system_prompt: 'Jsi technická podpora. Poraď s poruchou zařízení, odpovídej krátce.',
    greeting: 'Dobrý den, tady technická podpora. Popište mi prosím svůj problém.',
  };
  const outcomes = [{ name: 'technical', description: 'the caller needs technical support' }];
  return { documents: [{ ...document, outcomes }, technical], flow: twoAssistants };
}

const isOpenAi = (name: string): boolean => /^(trap-)?openai-/.test(name);

const openAiModel = { realtime_model: 'gpt-realtime-2.1', latency_profile: 'fast' };

function throughOpenAi(name: string): (document: Document) => Partial<SeedRequest> {
  return (document) => ({ documents: [{ ...document, model_config: openAiModel }], openAiKey: `sim-${name}` });
}

const objectOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

/** A model that says nothing until a function has answered, and that is not resumed with long instructions. */
const older = { model_config: { realtime_model: 'gemini-3.1-flash-live-preview', latency_profile: 'fast' } };

/** Instructions of some thousand words, as shops have them. */
const houseRules = Array.from(
  { length: 60 },
  (_, n) =>
    `Pravidlo ${n + 1}: drž se toho, co ti řekl nástroj, nic si nevymýšlej a nikoho nenuť opakovat, co už řekl.`,
).join('\n');

/** The same tools at another address of the CRM. */
function toolsAt(tools: unknown, path: string, change: Document = {}): unknown {
  return changedTools(tools, (endpoint) => ({ ...change, endpoint: endpoint.replace('/orders/status', path) }));
}

function changedTools(tools: unknown, change: (endpoint: string) => object): unknown {
  if (!Array.isArray(tools)) return tools;
  return tools.map((tool: object) => ('endpoint' in tool ? { ...tool, ...change(String(tool.endpoint)) } : tool));
}

const frame = { schemaVersion: 1, languages: ['cs-CZ'], voiceId: 'cs-CZ-Standard-A', start: 'start' } as const;

const twoAssistants: FlowDocument = {
  ...frame,
  languages: ['cs-CZ'],
  name: 'Dvě asistentky',
  nodes: {
    start: { type: 'start', edges: { next: 'orders' } },
    orders: { type: 'assistant', assistantId: 'objednavky', edges: { technical: 'technical', ended: 'bye' } },
    technical: { type: 'assistant', assistantId: 'technika', edges: { ended: 'bye' } },
    bye: { type: 'hangup', reason: 'ended' },
  },
};

const recorded: FlowDocument = {
  ...frame,
  languages: ['cs-CZ'],
  name: 'Nahrávaný hovor',
  nodes: {
    start: { type: 'start', edges: { next: 'record' } },
    record: { type: 'recording', action: 'start', edges: { next: 'assistant' } },
    assistant: { type: 'assistant', assistantId: 'objednavky', edges: { ended: 'bye' } },
    bye: { type: 'hangup', reason: 'ended' },
  },
};

const assistantOrSorry: FlowDocument = {
  ...frame,
  languages: ['cs-CZ'],
  name: 'Asistentka, nebo omluva',
  nodes: {
    start: { type: 'start', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'objednavky', edges: { ended: 'bye', failed: 'sorry' } },
    sorry: {
      type: 'hangup',
      lastWords: 'Omlouváme se, momentálně vás nemůžeme spojit. Zavolejte prosím později.',
      reason: 'failed',
    },
    bye: { type: 'hangup', reason: 'ended' },
  },
};

const collectThenAssistant: FlowDocument = {
  ...frame,
  languages: ['cs-CZ'],
  name: 'Číslo objednávky předem',
  nodes: {
    start: { type: 'start', edges: { next: 'number' } },
    number: {
      type: 'collect',
      prompt: 'Zadejte prosím číslo objednávky a stiskněte křížek.',
      variable: 'order_number',
      minDigits: 4,
      maxDigits: 8,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 3,
      edges: { collected: 'assistant', noInput: 'bye', invalid: 'bye' },
    },
    assistant: { type: 'assistant', assistantId: 'objednavky', edges: { ended: 'bye' } },
    bye: { type: 'hangup', reason: 'ended' },
  },
};

const withMessage: FlowDocument = {
  ...frame,
  languages: ['cs-CZ'],
  name: 'Volání zákazníkům',
  voicemailMessage: 'Máme otevřeno každý všední den od osmi do osmnácti hodin.',
  nodes: {
    start: { type: 'start', edges: { next: 'assistant' } },
    assistant: { type: 'assistant', assistantId: 'objednavky', edges: { ended: 'bye' } },
    bye: { type: 'hangup', reason: 'ended' },
  },
};
