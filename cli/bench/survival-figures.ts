import { setTimeout as delay } from 'node:timers/promises';
import { untilReady } from '../supervisor/readiness.ts';
import { benchCarrier, promptNumber, talkNumber, type BenchStack } from './bench-stack.ts';
import type { Measured } from './figure.ts';
import { percentileOf } from './percentiles.ts';
import { startSecondGateway, startSecondWorker } from './second-process.ts';

const CALLS = 12;
const KILLS = 3;
const LATE_NOTICE_MS = 2000;
const RECOVERED_WITHIN_MS = 12_000;
const secondHost = 'media-two.switchboard.test';

/** What a caller hears of a death: the gateway's under his call, the worker's before his question. */
export async function measureSurvival(bench: BenchStack, say: (line: string) => void): Promise<Measured[]> {
  const atOnce = await killGateways(bench, 0, KILLS, say);
  const late = await killGateways(bench, LATE_NOTICE_MS, 1, say);
  const answered = await killWorkers(bench, say);
  return [
    { name: 'survival.gatewayKillMsP95', value: percentileOf(atOnce.recovered, 95), note: noteOf(atOnce) },
    {
      name: 'survival.gatewayKillNoticedLateMsP95',
      value: percentileOf(late.recovered, 95),
      note: `the carrier notices after ${LATE_NOTICE_MS} ms; ${noteOf(late)}`,
    },
    {
      name: 'survival.workerKillMsP95',
      value: percentileOf(answered.values, 95),
      note: `${answered.values.length} webhooks within a second of a kill${answered.failed.length > 0 ? `, ${answered.failed.length} failed (${answered.failed[0]})` : ''}`,
    },
  ];
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
  kills: number,
  say: (line: string) => void,
): Promise<Recovery> {
  const all: Recovery = { recovered: [], lost: [], expected: 0 };
  for (let kill = 0; kill < kills; kill++) {
    // Every call is on the gateway that will die: the other one starts when they stand.
    await load.carrier(benchCarrier(stack));
    await load.recovery(noticeMs);
    const { values } = await load.ring(talkNumber, CALLS, 4);
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
      all.expected += values.length;
      await load.hangUp();
      await gatewayIsBack(stack);
    } finally {
      await second.kill();
    }
  }
  return all;
}

async function killWorkers({ stack, load }: BenchStack, say: (line: string) => void) {
  const values: number[] = [];
  const failed: string[] = [];
  const second = await startSecondWorker(stack);
  try {
    await load.prompt(promptNumber, 10, 5);
    for (let kill = 0; kill < KILLS; kill++) {
      const pid = stack.pidOf('worker');
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      const outcome = await load.prompt(promptNumber, 10, 10);
      values.push(...outcome.values.map(({ twimlMs }) => twimlMs));
      failed.push(...outcome.failed);
      say(
        `worker killed: webhooks answered after ${outcome.values.map(({ twimlMs }) => Math.round(twimlMs)).join(', ')} ms`,
      );
      await until(async () => stack.pidOf('worker') !== undefined && stack.pidOf('worker') !== pid);
      const url = `http://127.0.0.1:${stack.config.WORKER_PORT}`;
      await untilReady({ url, signal: AbortSignal.timeout(40_000), waiting: () => undefined });
    }
  } finally {
    await second.kill();
  }
  return { values, failed };
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

function noteOf({ recovered, lost, expected }: Recovery): string {
  const gone = expected - recovered.length;
  return `${recovered.length} of ${expected} calls went on${gone > 0 ? `; ${lost[0] ?? 'the others were not heard of again'}` : ''}`;
}
