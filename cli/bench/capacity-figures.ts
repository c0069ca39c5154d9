import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import os from 'node:os';
import { databaseUrlOf, root } from '../running/client-config.ts';
import { freePorts } from '../running/free-ports.ts';
import { openSeedStores } from '../seed/seed-stores.ts';
import { benchCarrier, talkNumber, type BenchStack } from './bench-stack.ts';
import type { Measured } from './figure.ts';
import { startLoadProcess, type LoadMeasurement, type LoadProcess } from './load-process.ts';
import { inMs, percentileOf } from './percentiles.ts';
import { pin, processUse, type ProcessUse } from './process-use.ts';
import { startSecondGateway } from './second-process.ts';
import { gatewayNodeArgs } from '../running/gateway-node-args.ts';

const STEPS = [10, 100, 150, 200, 250, 300, 350, 400, 450];
const WINDOW_S = 15;
const SETTLE_MS = 4000;
const CALLS_PER_SECOND = 5;
const TRIES = 3; // a busy machine turns some calls away while it starts others
const COMPARED = 200;
/** As many as each of two processes gets. */
const SHARED = 150;
const SECOND_HOST = 'media-two.switchboard.test';
/** Of the generator, where the system grants it: what it reads late is no delay of the gateway. */
const PUNCTUAL = -10;
/** The costs of a call are told up to here, however late its audio is. */
const COSTED_UP_TO = 300;

const cores = os.cpus().length;
/** The last core is the subject's; the others are for everything else. */
export const subjectCore = String(cores - 1);
export const otherCores = cores > 2 ? `0-${cores - 2}` : '0';
export const allCores = cores > 1 ? `0-${cores - 1}` : '0';

interface Step {
  calls: number;
  cpuMsPerCallSecond: number | null;
  rssKb: number;
  /** The worse way; null where nothing was found or a call was dropped. */
  p99Ms: number | null;
  dropped: number;
  measured: LoadMeasurement;
}

/** One gateway process on one core, in the full path, with more and more calls; stops when the delays grow too long. */
export async function measureCapacity(
  { stack, load }: BenchStack,
  relayCpu: number | null,
  say: (line: string) => void,
): Promise<Measured[]> {
  const pid = stack.pidOf('media-gateway') ?? 0;
  const pinned = await pin(pid, subjectCore);
  hurry(load.pid);
  await liftCapacity(stack);
  const steps: Step[] = [];
  const failures: string[] = [];
  let end = '';
  for (const wanted of STEPS) {
    const { failed, isFull } = await fillUpTo(load, wanted);
    failures.push(...failed);
    if (!isFull) {
      end = `; ${wanted} calls could not be set up`;
      break;
    }
    const step = await measureStep(load, [pid], wanted);
    steps.push(step);
    say(describe(step));
    if (wanted >= COSTED_UP_TO && (step.p99Ms ?? Infinity) > 20) break;
  }
  await load.hangUp();
  const shared = await measureTwo({ stack, load }, pid, say);
  const note = `${pinned ? `pinned to core ${subjectCore}` : 'not pinned'}${end}${failures.length > 0 ? `; ${failures.length} attempts to call failed: ${failures[0]}` : ''}`;
  return [...figuresOf(steps, relayCpu, note), twoAgainstOne(shared, steps)];
}

/** Rings until so many calls stand; returns what failed on the way, and whether they are to be had. */
async function fillUpTo(load: LoadProcess, wanted: number): Promise<{ failed: string[]; isFull: boolean }> {
  const failures: string[] = [];
  let calls = (await load.calls()).length;
  for (let attempt = 0; attempt < TRIES && calls < wanted; attempt++) {
    const { failed } = await load.ring(talkNumber, wanted - calls, CALLS_PER_SECOND);
    failures.push(...failed);
    calls = (await load.calls()).length;
  }
  return { failed: failures, isFull: calls >= wanted };
}

/** The same gateway and another one beside it on the same core. */
async function measureTwo(
  { stack, load }: Pick<BenchStack, 'stack' | 'load'>,
  pid: number,
  say: (line: string) => void,
): Promise<Step | undefined> {
  const second = await startSecondGateway(stack, SECOND_HOST);
  try {
    await pin(second.pid, subjectCore);
    await load.carrier(benchCarrier(stack, { [SECOND_HOST]: `127.0.0.1:${second.port}` }));
    await liftCapacity(stack);
    if (!(await fillUpTo(load, 2 * SHARED)).isFull) return undefined;
    const step = await measureStep(load, [pid, second.pid], 2 * SHARED);
    say(`two processes: ${describe(step)}`);
    return step;
  } finally {
    await load.hangUp();
    await second.stop();
  }
}

function twoAgainstOne(two: Step | undefined, steps: readonly Step[]): Measured {
  const one = steps.find(({ calls }) => calls === SHARED)?.cpuMsPerCallSecond ?? null;
  const both = two?.cpuMsPerCallSecond ?? null;
  return {
    name: 'capacity.twoProcessesCpuRatio',
    value: both !== null && one !== null ? both / one : null,
    note: `${both?.toFixed(2) ?? '-'} ms per call-second of two with ${SHARED} calls each, ${one?.toFixed(2) ?? '-'} of one with ${SHARED}`,
  };
}

/** CPU of a relay without codec, per call-second, at as many calls. */
export async function measureRelay(say: (line: string) => void): Promise<number | null> {
  const load = await startLoadProcess();
  const [port = 0] = await freePorts(1);
  const child = spawn(
    process.execPath,
    [...gatewayNodeArgs, join(root, 'simulator', 'relay', 'main.ts'), String(port), String(load.port)],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  try {
    await pin(child.pid ?? 0, subjectCore);
    await pin(load.pid, otherCores);
    hurry(load.pid);
    await load.carrier({ accountSid: 'AC0', authToken: '', publicUrl: 'https://nowhere.test', hosts: {} });
    await delay(1000);
    await load.relay(port, COMPARED);
    const step = await measureStep(load, [child.pid ?? 0], COMPARED);
    say(`relay: ${describe(step)}`);
    return step.cpuMsPerCallSecond;
  } finally {
    child.kill();
    load.stop();
  }
}

async function measureStep(load: LoadProcess, pids: readonly number[], calls: number): Promise<Step> {
  await delay(SETTLE_MS);
  const before = useOfAll(pids);
  const measured = await load.measure(WINDOW_S);
  const after = useOfAll(pids);
  const dropped = calls - (await load.calls()).length;
  const { toModel, toCaller, unheard, unanswered } = measured;
  const ways = [percentileOf(toModel, 99, unheard), percentileOf(toCaller, 99, unanswered)];
  return {
    calls,
    cpuMsPerCallSecond: before && after ? (after.cpuMs - before.cpuMs) / (calls * WINDOW_S) : null,
    rssKb: after?.rssKb ?? 0,
    // Nothing found, and a call that is gone, is worse than anything late.
    p99Ms: dropped > 0 || ways.some((way) => way === null) ? null : Math.max(...ways.map((way) => way ?? 0)),
    dropped,
    measured,
  };
}

function useOfAll(pids: readonly number[]): ProcessUse | undefined {
  const all = pids.map(processUse);
  return all.reduce((sum, one) => sum && one && { cpuMs: sum.cpuMs + one.cpuMs, rssKb: sum.rssKb + one.rssKb }, {
    cpuMs: 0,
    rssKb: 0,
  });
}

function hurry(pid: number): void {
  try {
    os.setPriority(pid, PUNCTUAL);
  } catch {
    // not granted: its own lateness is printed
  }
}

function describe({ calls, cpuMsPerCallSecond, rssKb, dropped, measured }: Step): string {
  const { toModel, toCaller, gaps, markers, unheard, unanswered } = measured;
  const cpu = cpuMsPerCallSecond === null ? '-' : cpuMsPerCallSecond.toFixed(2);
  const ways = `p99 ${inMs(percentileOf(toModel, 99))} to the model, ${inMs(percentileOf(toCaller, 99))} to the caller`;
  return (
    `${calls} calls: ${cpu} ms CPU per call-second, ${ways}, ${Math.round(rssKb / 1024)} MB, ` +
    `${toModel.length} of ${markers} markers, ${toCaller.length} answers, ${gaps.length} gaps (p95 ${inMs(percentileOf(gaps, 95))}), ` +
    `${dropped} dropped, ${unheard} unheard, ${unanswered} unanswered; ${generatorOf(measured)}`
  );
}

/** The generator must not be what is slow: its share of a core, and how late it was with its own frames. */
function generatorOf({ cpuShare, pace }: LoadMeasurement): string {
  return `generator ${cpuShare.toFixed(2)} core, pace p99 ${inMs(percentileOf(pace, 99))}`;
}

function figuresOf(steps: readonly Step[], relayCpu: number | null, note: string): Measured[] {
  const at = (calls: number): Step | undefined => steps.find((step) => step.calls === calls);
  const carried = (limitMs: number): number => {
    const firstOver = steps.findIndex(({ p99Ms }) => p99Ms === null || p99Ms > limitMs);
    return steps[(firstOver === -1 ? steps.length : firstOver) - 1]?.calls ?? 0;
  };
  const compared = at(COMPARED);
  const few = at(10);
  const last = steps.at(-1);
  const notTried = (calls: number): string | undefined =>
    at(calls) ? undefined : `not measured: the last step was ${last?.calls ?? 0} calls`;
  const cpu = compared?.cpuMsPerCallSecond ?? null;
  const ratio = cpu !== null && relayCpu !== null ? cpu / relayCpu : null;
  const kbPerCall = (step: Step | undefined): number | null =>
    step && few ? (step.rssKb - few.rssKb) / (step.calls - few.calls) : null;
  const loaded = steps.find(({ p99Ms }) => p99Ms === null || p99Ms > 5) ?? last;
  return [
    {
      name: 'capacity.callsPerCoreAt5Ms',
      value: carried(5),
      note: `${note}${loaded ? `; at ${loaded.calls} calls ${generatorOf(loaded.measured)}` : ''}`,
    },
    {
      name: 'capacity.callsPerCoreAt20Ms',
      value: carried(20),
      note: `steps of 50, tried up to ${last?.calls ?? 0}${last ? `; there ${generatorOf(last.measured)}` : ''}`,
    },
    {
      name: 'capacity.cpuRatioToRelay',
      value: ratio,
      note: `relay ${relayCpu?.toFixed(2) ?? '-'} ms per call-second at ${COMPARED} calls`,
    },
    ...[10, 100, 200, 300].map((calls) => ({
      name: `capacity.cpuMsPerCallSecondAt${calls}`,
      value: at(calls)?.cpuMsPerCallSecond ?? null,
      ...noteIf(notTried(calls)),
    })),
    {
      name: 'capacity.kbPerCall',
      value: kbPerCall(compared),
      note: `resident memory, ${COMPARED} calls against 10`,
    },
    ...[100, 300].map((calls) => ({
      name: `capacity.kbPerCallAt${calls}`,
      value: kbPerCall(at(calls)),
      note: notTried(calls) ?? 'against 10',
    })),
    ...steps.map(({ calls, p99Ms }) => ({
      name: `capacity.addedDelayMsP99At${calls}`,
      value: p99Ms,
      note: 'the worse way',
    })),
  ];
}

const noteIf = (note: string | undefined): { note?: string } => (note === undefined ? {} : { note });

/** The gateway would send away what goes beyond its own limit. */
async function liftCapacity({ config }: BenchStack['stack']): Promise<void> {
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  try {
    await stores.database.platform.run((em) => em.execute('update gateways set capacity = 10000'));
  } finally {
    await stores.database.close();
  }
}
