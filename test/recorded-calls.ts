/** What is recorded for the replay test: calls of made-up callers that together take every turn of the workflows. */
import { gatewayLeaseWorkflowId, taskQueues, toolCallWorkflowId, toolLogSweepId } from '../contracts/ids.ts';
import { workflowNames } from '../contracts/messages.ts';
import { createGatewayLeaseClient } from '../temporal/gateway-lease-client.ts';
import { demoFlow, madeUpCall, madeUpOutboundCall, orderFlow, relayFlow } from './made-up-call.ts';
import { mailboxFlow, recordedFlow, transferFlow } from './made-up-flows.ts';
import { madeUpTool, madeUpToolCall } from './made-up-tool.ts';
import { effectScenes } from './recorded-effects.ts';
import { begin, ended, type Scene, type Stage } from './recorded-stage.ts';
import { fastForward } from './time-skipping.ts';

/** A tool that the worker of the calls' queue does not know, as in a rolling upgrade. */
export const unknownTool = 'unknown-to-older-workers';

export const scenes: Readonly<Record<string, Scene>> = {
  ...effectScenes,

  'demo-call': async (stage, callId) => {
    const { call, attach, stop, streamEnded, end } = await begin(stage, madeUpCall(callId, demoFlow));
    await attach(1);
    await stage.tools.run(madeUpToolCall(madeUpTool({ endpoint: stage.toolUrl }), { callId }));
    await stage.calls.command(call, { commandId: 'c1', type: 'dtmf', digits: '1' });
    await stage.calls.checkpoint(call, { epoch: 1, lastSeq: 4 });
    await stop(1, 'ended');
    await streamEnded(1);
    return end();
  },

  'two-assistants': async (stage, callId) => {
    const { call, attach, stop, streamEnded, end } = await begin(stage, madeUpCall(callId, orderFlow));
    await attach(1);
    await stop(1, 'order');
    await streamEnded(1);
    await stage.calls.proceed(call, { number: 2, event: { type: 'digits', digits: '4711' }, gateway: stage.gateway });
    await attach(2);
    await stop(2, 'ended');
    await streamEnded(3);
    return end();
  },

  'assistant-to-assistant': async (stage, callId) => {
    const { call, attach, leave, streamEnded, end } = await begin(stage, madeUpCall(callId, relayFlow));
    await attach(1);
    await leave(1, 1, 'order');
    // Its gateway dies before the second one has said anything.
    await streamEnded(1);
    await attach(2);
    await leave(2, 2, 'order');
    await stage.calls.mediaStopped(call, { epoch: 2, visit: 2, outcome: 'ended', lastSeq: 2 });
    await leave(2, 3, 'ended');
    await stage.calls.checkpoint(call, { epoch: 2, lastSeq: 4 });
    await streamEnded(2);
    return end();
  },

  'sensitive-input': async (stage, callId) => {
    const { call, attach, leave, streamEnded, end } = await begin(stage, madeUpCall(callId));
    const entry = { visit: 1, name: 'card' } as const;
    await attach(1);
    await stage.calls.sensitiveEntry(call, { epoch: 1, ...entry, state: 'asked' });
    // Its gateway dies while the caller types.
    await streamEnded(1);
    await attach(2);
    await stage.calls.sensitiveEntry(call, { epoch: 2, ...entry, state: 'asked' });
    await stage.calls.sensitiveEntry(call, { epoch: 2, ...entry, state: 'given', digits: '4111222233334444' });
    const tool = madeUpTool({ endpoint: stage.toolUrl, body: { card: '{{sensitive.card}}' } });
    await stage.tools.run(madeUpToolCall(tool, { callId }));
    await leave(2, 1, 'ended');
    await streamEnded(2);
    return end();
  },

  'gateway-died': async (stage, callId) => {
    const { attach, stop, streamEnded, end } = await begin(stage, madeUpCall(callId));
    await attach(1);
    await streamEnded(1);
    await attach(2);
    await stop(1, 'ended');
    await stop(2, 'callerHungUp');
    return end();
  },

  'gateway-drained': async (stage, callId) => {
    const drained = { ...stage.gateway, gatewayId: 'g-drained' };
    const { call, attach, stop, streamEnded, end } = await begin(stage, madeUpCall(callId), drained);
    await stage.calls.attach(call, { epoch: 1, streamId: 'MZ1', ...drained });
    const preparing = stage.calls.prepareHandover(call, { epoch: 1, successor: stage.gateway });
    await stage.carrier.hasForked(callId);
    await stage.calls.forkHeard(call, { epoch: 2, gatewayId: stage.gateway.gatewayId });
    await preparing;
    await stage.calls.checkpoint(call, { epoch: 1, lastSeq: 4, isHandover: true, heardUntilMs: 9000 });
    await streamEnded(1);
    await attach(2);
    await stop(2, 'callerHungUp');
    return end();
  },

  'gateway-stopped': async (stage, callId) => {
    const { gatewayId } = stage.gateway;
    const stopped = { ...stage.gateway, gatewayId: 'g-stopped' };
    const { call, stop, attach, streamEnded, end } = await begin(stage, madeUpCall(callId), stopped);
    await stage.calls.attach(call, { epoch: 1, streamId: 'MZ1', ...stopped });
    await stage.calls.gatewayLost(call, { gatewayId: stopped.gatewayId, epoch: 1 });
    await stage.carrier.hasMoved(callId);
    await streamEnded(1);
    await attach(2);
    await stage.calls.gatewayLost(call, { gatewayId, epoch: 2 });
    await stop(2, 'callerHungUp');
    return end();
  },

  'gateway-lease': async ({ client, gateway }) => {
    await createGatewayLeaseClient(client)(gateway);
    const workflowId = gatewayLeaseWorkflowId(gateway.gatewayId);
    await client.workflow.getHandle(workflowId).result();
    return workflowId;
  },

  'gateway-lease-lost': async ({ client }) => {
    await createGatewayLeaseClient(client)({ gatewayId: 'g-gone' });
    const workflowId = gatewayLeaseWorkflowId('g-gone');
    await client.workflow.getHandle(workflowId).result();
    return workflowId;
  },

  degraded: async (stage, callId) => {
    const { call, attach, stop, streamEnded, end } = await begin(stage, madeUpCall(callId));
    await attach(1);
    await stop(1, 'escalation');
    await streamEnded(1);
    await stage.calls.proceed(call, { number: 2, event: { type: 'dialEnded', status: 'no-answer' } });
    await stage.calls.proceed(call, { number: 3, event: { type: 'voicemailLeft', durationS: 7 } });
    return end();
  },

  'recorded-call': async (stage, callId) => {
    const { call, end } = await begin(stage, madeUpCall(callId, recordedFlow));
    const typed = (number: number) => stage.calls.proceed(call, { number, event: { type: 'digits', digits: '1' } });
    await typed(1);
    await typed(2);
    return end();
  },

  'message-found': async (stage, callId) => {
    const message = { recordingId: 'RE6', kind: 'voicemail', status: 'completed', channels: 1 } as const;
    stage.carrier.recording.there.set(callId, [{ ...message, durationS: 3, startedAtMs: 1_000 }]);
    const { end } = await begin(stage, madeUpCall(callId, mailboxFlow));
    return end();
  },

  'transfer-declined': async (stage, callId) => {
    const { call, end } = await begin(stage, madeUpCall(callId, transferFlow));
    const busy = stage.calls.proceed(call, { number: 1, event: { type: 'dialEnded', status: 'busy' } });
    await stage.calls.legEnded(call, { number: 1, declined: true });
    await busy;
    return end();
  },

  'adopted-after-admission': async (stage, callId) => {
    const { call, end } = await begin(stage, madeUpCall(callId));
    await stage.calls.adopt(call, { reason: 'temporal-unavailable', ageS: 3 });
    return end();
  },

  'silent-carrier': async (stage, callId) => {
    const { call, workflowId, attach, stop } = await begin(stage, madeUpCall(callId));
    await attach(1);
    await stop(1, 'callerHungUp');
    stage.carrier.statuses.set(call.callId, 'completed');
    await fastForward(stage.client, workflowId, 31);
    await stage.client.workflow.getHandle(workflowId).result();
    return workflowId;
  },

  'outbound-busy': async (stage, callId) => {
    const call = madeUpOutboundCall(callId);
    await stage.calls.start(call, 'request-1');
    await stage.calls.carrierStatus(call, { status: 'busy', sequence: 2, carrierCallId: 'CA-dialled' });
    return ended(stage, call);
  },

  'outbound-paced': async (stage, callId) => {
    const call = madeUpOutboundCall(callId);
    stage.carrier.dials.set(callId, [{ status: 'later', afterMs: 20 }, { status: 'failed' }]);
    await stage.calls.start(call, 'request-1');
    return ended(stage, call);
  },

  'outbound-voicemail': async (stage, callId) => {
    const call = madeUpOutboundCall(callId);
    await stage.calls.start(call, 'request-1');
    await stage.calls.admit(call, { gateway: stage.gateway, carrierCallId: 'CA-dialled', answeredBy: 'machine' });
    await stage.calls.carrierStatus(call, { status: 'completed', sequence: 3, durationS: 12 });
    return ended(stage, call);
  },

  'outbound-machine-beeped': async (stage, callId) => {
    const { call, attach, streamEnded } = await talkOut(stage, callId);
    await attach(1);
    await stage.calls.detection(call, { answeredBy: 'machine', heardBeep: true });
    await stage.carrier.hasMoved(callId);
    await streamEnded(1);
    await stage.calls.carrierStatus(call, { status: 'completed', sequence: 3, durationS: 22 });
    return ended(stage, call);
  },

  'outbound-machine-silent': async (stage, callId) => {
    const { call, attach, stop, streamEnded } = await talkOut(stage, callId);
    await attach(1);
    await stage.calls.detection(call, { answeredBy: 'machine', heardBeep: false });
    await stop(1, 'voicemail');
    await streamEnded(1);
    await stage.calls.carrierStatus(call, { status: 'completed', sequence: 3, durationS: 22 });
    return ended(stage, call);
  },

  'outbound-withdrawn': async (stage, callId) => {
    const call = madeUpOutboundCall(callId);
    stage.carrier.dials.set(callId, [{ status: 'later', afterMs: 600_000 }]);
    await stage.calls.start(call, 'request-1');
    await stage.carrier.hasAsked(callId);
    await stage.calls.control(call, { type: 'hangUp' });
    return ended(stage, call);
  },

  'tenant-hung-up': async (stage, callId) => {
    const { call, attach, stop, end } = await begin(stage, madeUpCall(callId));
    await attach(1);
    await stage.calls.control(call, { type: 'play', eventId: 'e1', text: 'Na shledanou.' });
    await stage.calls.control(call, { type: 'hangUp' });
    await stop(1, 'callerHungUp');
    return end();
  },

  'tool-call': async ({ tools, toolUrl }, callId) => {
    await tools.run(madeUpToolCall(madeUpTool({ endpoint: toolUrl }), { callId }));
    return toolCallWorkflowId('acme', callId, 'f1');
  },

  'tool-log-sweep': async ({ client }) => {
    const workflowId = `${toolLogSweepId}-recorded`;
    await client.workflow.execute(workflowNames.toolLogSweep, { workflowId, taskQueue: taskQueues.calls });
    return workflowId;
  },

  'tool-on-its-queue': async ({ tools, toolUrl }, callId) => {
    await tools.run(madeUpToolCall(madeUpTool({ endpoint: toolUrl, name: unknownTool }), { callId }));
    return toolCallWorkflowId('acme', callId, 'f1');
  },
};

/** A call that we placed and that somebody has answered. */
async function talkOut(stage: Stage, callId: string) {
  const call = madeUpOutboundCall(callId);
  await stage.calls.start(call, 'request-1');
  return begin(stage, call);
}
