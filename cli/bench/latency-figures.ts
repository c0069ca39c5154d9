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
export interface LatencySizes {
  liveCalls: number;
  /** Of new calls, and of tools. */
  perSecond: number;
  /** How long webhooks, turns and tools are measured, seconds. */
  webhookS: number;
  turnS: number;
  toolS: number;
  /** A history is looked at twice, so long apart. */
  historyWindowMs: number;
}

const whole: LatencySizes = {
  liveCalls: 50,
  perSecond: 10,
  webhookS: 60,
  turnS: 30,
  toolS: 20,
  historyWindowMs: 120_000,
}; // two checkpoints
const TEN_MINUTES_MS = 600_000;
/** The call hears of a tool a little after the model does, and after its last words it is put away. */
const SETTLE_MS = 3000;

/** What a caller waits for, with few calls on the machine. */
export async function measureLatency(
  { stack, load }: BenchStack,
  say: (line: string) => void,
  { liveCalls, perSecond, webhookS, turnS, toolS, historyWindowMs } = whole,
): Promise<Measured[]> {
  await load.prompt(promptNumber, 20, 5); // what is compiled and connected at first use is no part of a figure
  await load.ring(talkNumber, 3, 2);
  await load.hangUp();

  await load.ring(talkNumber, 1, 1);
  const beganMs = performance.now();
  const few = await load.tools(benchTool, 1, 3);
  const [callId = ''] = await load.calls();
  await delay(SETTLE_MS);
  const early = await historyEvents(stack, callId);
  const earlyMs = performance.now();

  say(`webhooks: ${perSecond} new calls a second for ${webhookS} s`);
  const webhooks = await load.prompt(promptNumber, perSecond * webhookS, perSecond);
  say(`answers: ${liveCalls - 1} calls, 2 a second`);
  const answers = await load.ring(talkNumber, liveCalls - 1, 2);
  say(`turns: ${turnS} s of ${liveCalls} calls`);
  const { turns, told, unanswered, unheard, cpuShare } = await load.measure(turnS);
  const waitedMs = told ? TURN_END_MS[profile] : 0;
  await delay(Math.max(0, historyWindowMs - (performance.now() - earlyMs)));
  const later = await historyEvents(stack, callId);
  const laterMs = performance.now();
  say(`tools: ${perSecond} a second for ${toolS} s`);
  const tools = await load.tools(benchTool, perSecond, toolS);
  const beforeEnd = await historyEvents(stack, callId);
  const gone = liveCalls - (await load.calls()).length;
  await load.hangUp();
  await delay(SETTLE_MS);
  const end = await historyEvents(stack, callId);

  const perMs = (later - early) / (laterMs - earlyMs);
  const events = early + perMs * (TEN_MINUTES_MS - (earlyMs - beganMs)) + (end - beforeEnd);
  // A call of which nothing is found would have the shortest history of all.
  const isWhole = early > 0 && later >= early && end >= beforeEnd && few.failed.length === 0;
  const twiml = timesOf(webhooks, ({ twimlMs }) => twimlMs);
  const firstAudio = timesOf(answers, ({ firstAudioMs }) => firstAudioMs);
  const toolTimes = timesOf(tools, (ms) => ms);
  const turnTimes = { times: turns.map((ms) => ms - waitedMs), failed: unanswered };
  return [
    {
      name: 'answer.webhookToFirstAudioMsP95',
      ...within(firstAudio, 95),
      note: noteOf(answers, 'calls, 2 a second'),
    },
    {
      name: 'turn.addedLatencyMsP99',
      ...within(turnTimes, 99),
      note:
        `${turns.length} turns of ${liveCalls} calls, ${waitedMs} ms of silence asked for, ` +
        `${unanswered} not answered, ${unheard} not heard; ${generatorOf(cpuShare)}`,
    },
    { name: 'tool.addedMsP50', ...within(toolTimes, 50), note: noteOf(tools, `tools, ${perSecond} a second`) },
    { name: 'tool.addedMsP99', ...within(toolTimes, 99), note: `${gone} calls were dropped meanwhile` },
    {
      name: 'webhook.twimlMsP99',
      ...within(twiml, 99),
      note: `${noteOf(webhooks, `calls, ${perSecond} a second`)}; p50 ${percentileOf(twiml.times, 50)?.toFixed(0)} ms`,
    },
    {
      name: 'history.eventsPer10Min',
      value: isWhole ? Math.ceil(events) : null,
      failed: isWhole ? few.failed.length : 1,
      note: isWhole
        ? `one call with 3 tools, ${Math.round((laterMs - beganMs) / 1000)} s of it extended to 10 minutes`
        : `the call's histories: ${early}, ${later}, ${beforeEnd}, ${end} events; ${few.failed.length} of 3 tools failed`,
    },
  ];
}

interface Times {
  times: readonly number[];
  failed: number;
}

function timesOf<T>({ values, failed }: LoadOutcome<T>, pick: (value: T) => number): Times {
  return { times: values.map(pick), failed: failed.length };
}

function within({ times, failed }: Times, p: number): Pick<Measured, 'value' | 'failed'> {
  return { value: percentileOf(times, p, failed), failed };
}

function noteOf({ values, failed, cpuShare }: LoadOutcome<unknown>, what: string): string {
  return `${values.length} ${what}${failed.length > 0 ? `, ${failed.length} failed (${failed[0]})` : ''}; ${generatorOf(cpuShare)}`;
}

const generatorOf = (cpuShare: number): string => `generator ${cpuShare.toFixed(2)} core`;

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
