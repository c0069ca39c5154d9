/** Scenes of calls whose flows ask and tell others beside the caller. */
import type { ServerResponse } from 'node:http';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { noticeWorkflowId } from '../contracts/ids.ts';
import type { CallInput } from '../contracts/messages.ts';
import { askingFlow, demoFlow, madeUpCall, noticeFlow } from './made-up-call.ts';
import { begin, type Scene, type Stage } from './recorded-stage.ts';
import { json } from './tool-server.ts';

const done = { type: 'done' } as const;

/** Asks a tool, sends a text, tells a webhook. */
const errandFlow: FlowDocument = {
  ...demoFlow,
  name: 'errand',
  contact: { name: { type: 'text', default: 'neznámý' } },
  nodes: {
    start: { type: 'start', edges: { next: 'look-up' } },
    'look-up': { type: 'http', toolId: 'crm', edges: { ok: 'text', failed: 'bye', timeout: 'bye' } },
    text: { type: 'sms', text: 'Volal nám {{ contact.name }}.', edges: { sent: 'tell', failed: 'bye' } },
    tell: { type: 'notify', to: { webhookId: 'crm' }, text: 'Hotovo.', edges: { next: 'bye' } },
    bye: { type: 'hangup', lastWords: 'Na shledanou.', reason: 'done' },
  },
};

/** A call whose tool answers at that path of the scene's server. */
function asking({ toolServer }: Stage, call: CallInput, path: string): CallInput {
  const { crm } = call.flow.compiled.tools;
  if (!crm) throw new Error('the flow has no tool');
  const tool = { ...crm, endpoint: `${toolServer.url}${path}` };
  const compiled = { ...call.flow.compiled, tools: { crm: tool } };
  return { ...call, flow: { ...call.flow, compiled }, allowedPrivateHosts: [toolServer.host] };
}

/** The tool takes the question and answers when it is let. */
function holdTool({ toolServer }: Stage, path: string): () => void {
  const held = Promise.withResolvers<ServerResponse>();
  toolServer.answers.set(path, held.resolve);
  return () => void held.promise.then((response) => json(response, 200, { name: 'Jana' }));
}

export const effectScenes: Readonly<Record<string, Scene>> = {
  'errand-contact': async (stage, callId) => {
    const made = asking(stage, madeUpCall(callId, errandFlow), '/tool');
    const { crm: tool } = made.flow.compiled.tools;
    const contactTool = tool && { contactTool: { tool, arguments: { phone: 'caller.number' } } };
    const { end } = await begin(stage, { ...made, ...contactTool });
    return end();
  },

  'slow-tool': async (stage, callId) => {
    const answer = holdTool(stage, '/slow');
    const { call, end } = await begin(stage, asking(stage, madeUpCall(callId, askingFlow), '/slow'));
    for (const number of [1, 2, 3]) await stage.calls.proceed(call, { number, event: done });
    answer();
    await stage.carrier.hasMoved(callId);
    await stage.calls.proceed(call, { number: 4, event: done });
    return end();
  },

  'gone-while-asking': async (stage, callId) => {
    const answer = holdTool(stage, '/gone');
    const { end } = await begin(stage, asking(stage, madeUpCall(callId, askingFlow), '/gone'));
    const workflowId = await end();
    answer();
    return workflowId;
  },

  'webhook-delivery': async (stage, callId) => {
    const { call, end } = await begin(stage, madeUpCall(callId, noticeFlow));
    await end();
    const workflowId = noticeWorkflowId(call.tenantId, callId, '1');
    await stage.client.workflow.getHandle(workflowId).result();
    return workflowId;
  },
};
