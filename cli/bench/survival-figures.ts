import { setTimeout as delay } from 'node:timers/promises';
import { untilReady } from '../supervisor/readiness.ts';
import { benchCarrier, benchTool, menuNumber, promptNumber, talkNumber, type BenchStack } from './bench-stack.ts';
import type { Measured } from './figure.ts';
import { percentileOf } from './percentiles.ts';
import { startSecondGateway, startSecondWorker } from './second-process.ts';

export interface SurvivalSizes {
  calls: number;
  kills: number;
}

const whole: SurvivalSizes = { calls: 12, kills: 3 };
/** Of each kind, within a second of a worker's death: webhooks of new calls, the next ones of calls that stand, and tools. */
const ASKED = 5;
const PER_SECOND = 5;
const LATE_NOTICE_MS = 2000;
const RECOVERED_WITHIN_MS = 12_000;
const secondHost = 'media-two.switchboard.test';

/** What a caller hears of a death: the gateway's under his call, the worker's before his question, or before his tool. */
export async function measureSurvival(bench: BenchStack, say: (line: string) => void): Promise<Measured[]> {
  const atOnce = await killGateways(bench, 0, whole, say);
  const late = await killGateways(bench, LATE_NOTICE_MS, { ...whole, kills: 1 }, say);
  return [
    { name: 'survival.gatewayKillMsP95', ...recoveredIn(atOnce), note: noteOf(atOnce) },
    {
      name: 'survival.gatewayKillNoticedLateMsP95',
      ...recoveredIn(late),
      note: `the carrier notices after ${LATE_NOTICE_MS} ms; ${noteOf(late)}`,
    },
    await measureWorkerKill(bench, say),
  ];
}

/** How long after a worker's death webhooks and tools are answered by the other one. */
export async function measureWorkerKill(
  bench: BenchStack,
  say: (line: string) => void,
  sizes = whole,
): Promise<Measured> {
  const { values, failed } = await killWorkers(bench, sizes, say);
  return {
    name: 'survival.workerKillMsP95',
    value: percentileOf(values, 95, failed.length),
    failed: failed.length,
    note: `${values.length} webhooks and tools within a second of a kill${failed.length > 0 ? `, ${failed.length} failed (${failed[0]})` : ''}`,
  };
}

interface Recovery {
  recovered: number[];
  lost: string[];
  expected: number;
}

/** Kills the stack's gateway under its calls; another one takes them over, and gives way when the first is back. */
async function killGateways(
  { stack, load }: BenchStack,
  noticeMs: number,
  { calls, kills }: SurvivalSizes,
  say: (line: string) => void,
): Promise<Recovery> {
  const all: Recovery = { recovered: [], lost: [], expected: 0 };
  for (let kill = 0; kill < kills; kill++) {
    // Every call is on the gateway that will die: the other one starts when they stand.
    await load.carrier(benchCarrier(stack));
    await load.recovery(noticeMs);
    const { values } = await load.ring(talkNumber, calls, 4);
    const second = await startSecondGateway(stack, secondHost);
    try {
      await load.carrier(benchCarrier(stack, { [secondHost]: `127.0.0.1:${second.port}` }));
      await delay(5000);
      const pid = stack.pidOf('media-gateway');
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await until(async () => {
        const { recovered, lost } = await load.recovered();
        return recovered.length + lost.length >= values.length;
      });
      const { recovered, lost } = await load.recovered();
      say(
        `gateway killed under ${values.length} calls: ${recovered.length} hear the assistant again, after ${recovered.map(Math.round).join(', ')} ms${lost.length > 0 ? `; ${lost.length} do not: ${lost[0]}` : ''}`,
      );
      all.recovered.push(...recovered);
      all.lost.push(...lost);
      all.expected += calls;
      await load.hangUp();
      await gatewayIsBack(stack);
    } finally {
      await second.stop();
    }
  }
  return all;
}

interface Answered {
  values: number[];
  failed: string[];
}

/**
 * Kills one of two workers; what is asked in the second after it is timed. Half of the calls that stand have their workflow in
 * the memory of the one that dies.
 */
async function killWorkers(
  { stack, load }: BenchStack,
  { calls, kills }: SurvivalSizes,
  say: (line: string) => void,
): Promise<Answered> {
  const all: Answered = { values: [], failed: [] };
  const second = await startSecondWorker(stack);
  try {
    await load.prompt(promptNumber, 10, 5); // what is compiled and connected at first use is no part of a figure
    await load.prompt(menuNumber, 10, 5);
    const standing = await load.ring(talkNumber, calls, 4);
    all.failed.push(...standing.failed);
    for (let kill = 0; kill < kills; kill++) {
      all.failed.push(...(await load.hold(menuNumber, ASKED, 10)).failed);
      const pid = stack.pidOf('worker');
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      const [first, next, tools] = await Promise.all([
        load.prompt(promptNumber, ASKED, PER_SECOND),
        load.goOn(PER_SECOND),
        load.tools(benchTool, PER_SECOND, ASKED / PER_SECOND),
      ]);
      const times = [
        ['webhooks of new calls', first.values.map(({ twimlMs }) => twimlMs)],
        ['next webhooks', next.values.map(({ twimlMs }) => twimlMs)],
        ['tools', tools.values],
      ] as const;
      all.values.push(...times.flatMap(([, values]) => values));
      all.failed.push(...[first, next, tools].flatMap(({ failed }) => failed));
      const said = times.map(([what, values]) => `${what} ${values.map(Math.round).join(', ')}`).join('; ');
      say(`worker killed: answered after, ms: ${said}`);
      await until(async () => stack.pidOf('worker') !== undefined && stack.pidOf('worker') !== pid);
      const url = `http://127.0.0.1:${stack.config.WORKER_PORT}`;
      await untilReady({ url, signal: AbortSignal.timeout(40_000), waiting: () => undefined });
    }
    await load.hangUp();
  } finally {
    await second.stop();
  }
  return all;
}

async function gatewayIsBack({ config }: BenchStack['stack']): Promise<void> {
  const url = `http://127.0.0.1:${config.GATEWAY_PORT}`;
  await untilReady({ url, signal: AbortSignal.timeout(40_000), waiting: () => undefined });
}

/** Looks ten times a second, for so long as a caller could bear at most. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + RECOVERED_WITHIN_MS;
  while (performance.now() < deadlineMs && !(await isSo())) await delay(100);
}

function recoveredIn({ recovered, expected }: Recovery): Pick<Measured, 'value' | 'failed'> {
  const failed = expected - recovered.length;
  return { value: percentileOf(recovered, 95, failed), failed };
}

function noteOf({ recovered, lost, expected }: Recovery): string {
  const gone = expected - recovered.length;
  return `${recovered.length} of ${expected} calls went on${gone > 0 ? `; ${lost[0] ?? 'the others were not heard of again'}` : ''}`;
}
