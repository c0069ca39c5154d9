/** The flows behind the calls of `simulator/scenarios/effect-calls.ts`. */
import type { FlowDocument } from '../../contracts/flow/document.ts';
import type { ToolDefinition } from '../../contracts/tools.ts';
import { noticeSecret } from '../../simulator/crm/notices.ts';
import type { SeedRequest } from '../seed/seed-tenant.ts';

const frame = {
  schemaVersion: 1,
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
} satisfies Partial<FlowDocument>;
const bye = {
  type: 'hangup',
  lastWords: 'Děkuji za zavolání a přeji hezký den. Na shledanou.',
  reason: 'done',
} as const;
const sorry = { type: 'hangup', lastWords: 'Omlouváme se, nejde to.', reason: 'sorry' } as const;

const withCrm: FlowDocument = {
  ...frame,
  name: 'Stav objednávky',
  contact: { name: { type: 'text', default: 'neznámý volající' } },
  variables: { order: { type: 'text' }, status: { type: 'json' } },
  nodes: {
    start: { type: 'start', edges: { next: 'greet' } },
    greet: { type: 'say', text: 'Dobrý den, {{ contact.name }}.', edges: { next: 'number' } },
    number: {
      type: 'collect',
      prompt: 'Zadejte prosím číslo objednávky a stiskněte křížek.',
      variable: 'order',
      minDigits: 4,
      maxDigits: 8,
      finishOnKey: '#',
      timeoutMs: 5000,
      tries: 2,
      edges: { collected: 'look-up', noInput: 'sorry', invalid: 'sorry' },
    },
    'look-up': {
      type: 'http',
      toolId: 'order-status',
      arguments: { order_number: '{{ vars.order }}' },
      result: 'status',
      statuses: [404],
      edges: { ok: 'which', '404': 'sorry', failed: 'sorry', timeout: 'sorry' },
    },
    which: {
      type: 'condition',
      rules: [{ outcome: 'shipped', when: { variable: 'vars.status.status', operator: 'equals', value: 'shipped' } }],
      edges: { shipped: 'told', otherwise: 'sorry' },
    },
    told: {
      type: 'say',
      text: 'Objednávka {{ vars.order | digits }} dorazí {{ vars.status.eta_cs }}.',
      edges: { next: 'text' },
    },
    text: {
      type: 'sms',
      text: 'Objednávka {{ vars.order }} dorazí {{ vars.status.eta_cs }}.',
      edges: { sent: 'notice', failed: 'sorry' },
    },
    notice: {
      type: 'notify',
      to: { webhookId: 'crm' },
      text: 'Volající se ptal na objednávku {{ vars.order }}.',
      edges: { next: 'mark' },
    },
    mark: { type: 'tag', tags: ['order told'], edges: { next: 'bye' } },
    bye,
    sorry,
  },
};

const withSlowTool: FlowDocument = {
  ...frame,
  name: 'Pomalý nástroj',
  variables: { status: { type: 'json' } },
  nodes: {
    start: { type: 'start', edges: { next: 'look-up' } },
    'look-up': {
      type: 'http',
      toolId: 'order-status',
      arguments: { order_number: '4711' },
      timeoutMs: 10_000,
      result: 'status',
      edges: { ok: 'bye', failed: 'sorry', timeout: 'sorry' },
    },
    bye: { type: 'hangup', lastWords: 'Objednávka dorazí {{ vars.status.eta_cs }}.', reason: 'done' },
    sorry,
  },
};

const withAssistant: FlowDocument = {
  ...frame,
  name: 'Co volající potřebuje',
  variables: { talk: { type: 'json' } },
  nodes: {
    start: { type: 'start', edges: { next: 'talk' } },
    talk: {
      type: 'assistant',
      assistantId: 'objednavky',
      inputs: { line: '{{ call.number }}' },
      tools: [],
      maxDurationS: 120,
      outcomes: [{ name: 'papers', description: 'The caller wants an invoice or another paper.' }],
      result: 'talk',
      edges: { papers: 'which', ended: 'sorry' },
    },
    which: {
      type: 'condition',
      rules: [{ outcome: 'invoice', when: { variable: 'vars.talk.paper', operator: 'equals', value: 'faktura' } }],
      edges: { invoice: 'bye', otherwise: 'sorry' },
    },
    bye: { type: 'hangup', lastWords: 'Posíláme: {{ vars.talk.paper }}.', reason: 'done' },
    sorry,
  },
};

function tool(crmPort: number, toolId: string, name: string, path: string): ToolDefinition {
  return {
    toolId,
    name,
    description: '',
    type: 'http',
    endpoint: `http://127.0.0.1:${crmPort}${path}`,
    method: 'POST',
    headers: {},
    timeoutMs: 5000,
    idempotent: true,
    maxResponseBytes: 10_000,
  };
}

/** What the tenants of these calls have instead of the demo's flow, by the name of the call. */
export const effectCallSeeds: Readonly<
  Record<string, (number: NonNullable<SeedRequest['number']>, crmPort: number) => Partial<SeedRequest>>
> = {
  'flow-crm': (number, crmPort) => ({
    flow: withCrm,
    parts: {
      tools: [
        tool(crmPort, 'order-status', 'order_status', '/orders/status'),
        tool(crmPort, 'customer', 'customer', '/customers/lookup'),
      ],
      webhooks: { crm: { url: `http://127.0.0.1:${crmPort}/notices`, secret: noticeSecret } },
    },
    number: {
      ...number,
      contactTool: { toolId: 'customer', arguments: { phone: 'caller.number' }, fills: { name: 'name' } },
    },
  }),
  'flow-assistant': () => ({ flow: withAssistant }),
  'flow-slow-tool': (_number, crmPort) => ({
    flow: withSlowTool,
    parts: { tools: [tool(crmPort, 'order-status', 'order_status', '/orders/slow-status')] },
  }),
};
