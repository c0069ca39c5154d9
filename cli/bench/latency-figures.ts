import { setTimeout as delay } from 'node:timers/promises';
import { callWorkflowId } from '../../contracts/ids.ts';
import { createFileKeyProvider, platformKey } from '../../db/key-provider.ts';
import { TURN_END_MS } from '../../media-gateway/turn-taking/caller-floor.ts';
import { connectTemporal } from '../../temporal/client.ts';
import { benchTenant, benchTool, promptNumber, talkNumber, type BenchStack } from './bench-stack.ts';
import type { Measured } from './figure.ts';
import type { LoadOutcome } from './load-process.ts';
import { percentileOf } from './percentiles.ts';

/** That of the demo's assistant. */
const profile = 'fast';
const LIVE_CALLS = 50;
const WEBHOOK_S = 60;
const TURN_S = 30;
const TOOL_S = 20;
const HISTORY_WINDOW_MS = 120_000; // two checkpoints
const TEN_MINUTES_MS = 600_000;
/** The call hears of a tool a little after the model does, and after its last words it is put away. */
const SETTLE_MS = 3000;

/** What a caller waits for, with few calls on the machine. */
export async function measureLatency({ stack, load }: BenchStack, say: (line: string) => void): Promise<Measured[]> {
  await load.prompt(promptNumber, 20, 5); // what is compiled and connected at first use is no part of a figure
  await load.ring(talkNumber, 3, 2);
  await load.hangUp();

  await load.ring(talkNumber, 1, 1);
  const beganMs = performance.now();
  await load.tools(benchTool, 1, 3);
  const [callId = ''] = await load.calls();
  await delay(SETTLE_MS);
  const early = await historyEvents(stack, callId);
  const earlyMs = performance.now();

  say(`webhooks: 10 new calls a second for ${WEBHOOK_S} s`);
  const webhooks = await load.prompt(promptNumber, 10 * WEBHOOK_S, 10);
  say(`answers: ${LIVE_CALLS - 1} calls, 2 a second`);
  const answers = await load.ring(talkNumber, LIVE_CALLS - 1, 2);
  say(`turns: ${TURN_S} s of ${LIVE_CALLS} calls`);
  const { turns, told } = await load.measure(TURN_S);
  const waitedMs = told ? TURN_END_MS[profile] : 0;
  await delay(Math.max(0, HISTORY_WINDOW_MS - (performance.now() - earlyMs)));
  const later = await historyEvents(stack, callId);
  const laterMs = performance.now();
  say(`tools: 10 a second for ${TOOL_S} s`);
  const tools = await load.tools(benchTool, 10, TOOL_S);
  const beforeEnd = await historyEvents(stack, callId);
  await load.hangUp();
  await delay(SETTLE_MS);
  const end = await historyEvents(stack, callId);

  const perMs = (later - early) / (laterMs - earlyMs);
  const events = early + perMs * (TEN_MINUTES_MS - (earlyMs - beganMs)) + (end - beforeEnd);
  const twiml = webhooks.values.map(({ twimlMs }) => twimlMs);
  return [
    {
      name: 'answer.webhookToFirstAudioMsP95',
      value: percentileOf(
        answers.values.map(({ firstAudioMs }) => firstAudioMs),
        95,
      ),
      note: noteOf(answers, 'calls, 2 a second'),
    },
    {
      name: 'turn.addedLatencyMsP99',
      value: percentileOf(
        turns.map((ms) => ms - waitedMs),
        99,
      ),
      note: `${turns.length} turns of ${LIVE_CALLS} calls, ${waitedMs} ms of silence asked for`,
    },
    { name: 'tool.addedMsP50', value: percentileOf(tools.values, 50), note: noteOf(tools, 'tools, 10 a second') },
    { name: 'tool.addedMsP99', value: percentileOf(tools.values, 99) },
    {
      name: 'webhook.twimlMsP99',
      value: percentileOf(twiml, 99),
      note: `${noteOf(webhooks, 'calls, 10 a second')}; p50 ${percentileOf(twiml, 50)?.toFixed(0)} ms`,
    },
    {
      name: 'history.eventsPer10Min',
      value: Math.ceil(events),
      note: `one call with 3 tools, ${Math.round((laterMs - beganMs) / 1000)} s of it extended to 10 minutes`,
    },
  ];
}

function noteOf({ values, failed }: LoadOutcome<unknown>, what: string): string {
  return `${values.length} ${what}${failed.length > 0 ? `, ${failed.length} failed (${failed[0]})` : ''}`;
}

/** Of the call's workflow and of all below it. */
async function historyEvents({ config }: BenchStack['stack'], callId: string): Promise<number> {
  const temporal = connectTemporal({
    address: config.TEMPORAL_ADDRESS ?? `127.0.0.1:${config.TEMPORAL_PORT}`,
    namespace: config.TEMPORAL_NAMESPACE,
    platformKeys: [await platformKey(createFileKeyProvider(config.KEY_FILE))],
  });
  try {
    const prefix = callWorkflowId(benchTenant, callId);
    let events = 0;
    for await (const { workflowId } of temporal.client.workflow.list({ query: `WorkflowId STARTS_WITH "${prefix}"` })) {
      events += (await temporal.client.workflow.getHandle(workflowId).describe()).historyLength;
    }
    return events;
  } finally {
    await temporal.close();
  }
}
