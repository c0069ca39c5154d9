import type { DegradedPlan } from '../contracts/degraded-plan.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { CallInput } from '../contracts/messages.ts';
import { madeUpAssistant } from './made-up-assistant.ts';
import { madeUpTool } from './made-up-tool.ts';

/** Deadlines for tests that are not about deadlines: the machine may be busy. */
export const patient = { answerDeadlineMs: 30_000, signalDeadlineMs: 30_000 };

/** A caller who does not exist: recorded histories are public. */
export const madeUpNumber = '+420800000001';

export const madeUpDegradedPlan: DegradedPlan = {
  language: 'cs-CZ',
  voiceId: 'cs-CZ-Standard-A',
  steps: [
    { type: 'say', text: 'Spojíme vás s kolegou.' },
    { type: 'dial', phoneNumber: '+420800000009', timeoutS: 20 },
    { type: 'voicemail', prompt: 'Nechte nám vzkaz.', maxLengthS: 60, apology: 'Zavolejte prosím později.' },
  ],
};

/** `start -> assistant -> hangup`, as the seeded demo has it. */
export const demoFlow: FlowDocument = {
  schemaVersion: 1,
  name: 'demo',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'helper', edges: { ended: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
  },
};

/** Two assistants and a `collect` between them. */
export const orderFlow: FlowDocument = {
  ...demoFlow,
  name: 'orders',
  nodes: {
    start: { type: 'start', edges: { next: 'welcome' } },
    welcome: { type: 'say', text: 'Vítejte.', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'helper', edges: { order: 'number', ended: 'bye' } },
    number: {
      type: 'collect',
      prompt: 'Zadejte číslo objednávky.',
      variable: 'order',
      minDigits: 4,
      maxDigits: 4,
      finishOnKey: '#',
      timeoutMs: 5_000,
      tries: 2,
      edges: { collected: 'clerk', noInput: 'bye' },
    },
    clerk: { type: 'assistant', assistantId: 'clerk', edges: { ended: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
  },
};

/** One assistant hands the caller to the next, and back. */
export const relayFlow: FlowDocument = {
  ...demoFlow,
  name: 'relay',
  nodes: {
    start: { type: 'start', edges: { next: 'helper' } },
    helper: { type: 'assistant', assistantId: 'helper', edges: { order: 'clerk', ended: 'bye' } },
    clerk: { type: 'assistant', assistantId: 'clerk', edges: { order: 'helper', ended: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
  },
};

/** Knows who calls, where somebody could tell. */
export const knowingFlow: FlowDocument = {
  ...demoFlow,
  name: 'knowing',
  contact: { name: { type: 'text', default: 'neznámý' }, pin: { type: 'text', sensitive: true } },
  nodes: {
    start: { type: 'start', edges: { next: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou, {{ contact.name }}.', reason: 'done' },
  },
};

/** Marks the call and tells a webhook of it. */
export const noticeFlow: FlowDocument = {
  ...demoFlow,
  name: 'notice',
  nodes: {
    start: { type: 'start', edges: { next: 'mark' } },
    mark: { type: 'tag', tags: ['wrong number', 'callback'], edges: { next: 'tell' } },
    tell: { type: 'notify', to: { webhookId: 'crm' }, text: 'Někdo volal omylem.', edges: { next: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
  },
};

/** Asks a tool, and tells what it has found. */
export const askingFlow: FlowDocument = {
  ...demoFlow,
  name: 'asking',
  variables: { contact: { type: 'json' } },
  nodes: {
    start: { type: 'start', edges: { next: 'welcome' } },
    welcome: { type: 'say', text: 'Vítejte.', edges: { next: 'look-up' } },
    'look-up': {
      type: 'http',
      toolId: 'crm',
      arguments: { number: '{{ caller.number }}' },
      result: 'contact',
      statuses: [404],
      edges: { ok: 'bye', '404': 'stranger', failed: 'sorry', timeout: 'sorry' },
    },
    bye: { type: 'hangup', lastWords: 'Na shledanou, {{ vars.contact.name }}.', reason: 'done' },
    stranger: { type: 'hangup', lastWords: 'Neznáme vás.', reason: 'stranger' },
    sorry: { type: 'hangup', lastWords: 'Nejde to.', reason: 'sorry' },
  },
};

export function madeUpCall(callId: string, flow: FlowDocument = demoFlow): CallInput {
  const assistants = { helper: madeUpAssistant('helper'), clerk: madeUpAssistant('clerk') };
  return {
    tenantId: 'acme',
    callId,
    direction: 'inbound',
    from: madeUpNumber,
    to: '+420800000002',
    carrier: { provider: 'twilio', accountId: 'AC00000000000000000000000000000001', carrierCallId: callId },
    flow: {
      flowId: flow.name,
      flowVersionId: `${flow.name}@1`,
      version: 1,
      compiled: compileFlow(flow, { assistants, tools: { crm: madeUpTool({ endpoint: 'https://crm.test/tool' }) } }),
      assistants,
    },
    degradedPlan: madeUpDegradedPlan,
    language: 'cs-CZ',
    allowedPrivateHosts: [],
  };
}

/** The same call the other way round: our workflow dials. */
export function madeUpOutboundCall(callId: string, flow: FlowDocument = demoFlow): CallInput {
  const call = madeUpCall(callId, flow);
  const carrier = { ...call.carrier, carrierCallId: '' };
  return { ...call, direction: 'outbound', carrier, dial: { idempotencyKey: 'k1', timeoutS: 30 } };
}
