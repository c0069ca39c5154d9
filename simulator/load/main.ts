/**
 * The load generator: callers and a light model in one process, told what to do by its parent over IPC. Each request is
 * `{ id, ask, ... }`, its answer `{ id, value }` or `{ id, failure }` as JSON.
 */
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { createLoadCall, FRAME_MS, type LoadCall } from './load-call.ts';
import { createLoadCarrier, type CarrierSettings, type LoadCarrier } from './load-carrier.ts';
import { createLoadModel } from './load-model.ts';
import { noSamples, type Samples } from './samples.ts';

type Ask =
  | { ask: 'carrier'; settings: CarrierSettings }
  | { ask: 'ring'; to: string; calls: number; perSecond: number }
  | { ask: 'prompt'; to: string; calls: number; perSecond: number }
  | { ask: 'hold'; to: string; calls: number; perSecond: number }
  | { ask: 'goOn'; perSecond: number }
  | { ask: 'relay'; port: number; calls: number }
  | { ask: 'measure'; seconds: number }
  | { ask: 'tools'; name: string; perSecond: number; seconds: number }
  | { ask: 'recovery'; noticeMs: number }
  | { ask: 'recovered' }
  | { ask: 'calls' }
  | { ask: 'hangUp' };

const nowMs = (): number => performance.now();
let samples: Samples = noSamples();
let carrier: LoadCarrier | undefined;
let calls: LoadCall[] = [];
let noticeMs = 0;
let recovered: number[] = [];
let lost: string[] = [];
let held: { callSid: string; document: string }[] = [];
const toolsAsked = new Map<string, (atMs: number, status: string) => void>();

const model = createLoadModel({
  samples: () => samples,
  onToolResult: (id, status) => toolsAsked.get(id)?.(nowMs(), status),
  nowMs,
});
/** The model's sockets and, for any other request, a tool that answers at once. */
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok","state":"shipped"}');
});
server.on('upgrade', (request, socket) => model.accept(request, socket));

function carrierNow(): LoadCarrier {
  if (!carrier) throw new Error('the carrier is not set up');
  return carrier;
}

function newCall(callSid: string): LoadCall {
  const call = createLoadCall(callSid, (calls.length * 37) % 200, {
    carrier: carrierNow,
    sessions: model.sessions,
    samples: () => samples,
    nowMs,
    noticeMs: () => noticeMs,
    onRecovered: (afterMs) => recovered.push(afterMs),
    onLost: (why) => lost.push(why),
  });
  calls.push(call);
  return call;
}

interface Outcome<T> {
  values: T[];
  failed: string[];
  /** What this process took of one core meanwhile. */
  cpuShare: number;
}

function cpuShareSince(before: NodeJS.CpuUsage, startMs: number): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (nowMs() - startMs);
}

/** Begins something so many times a second, whether or not what was begun before is over; waits for all. */
async function openLoop<T>(count: number, perSecond: number, begin: () => Promise<T>): Promise<Outcome<T>> {
  const before = process.cpuUsage();
  const startMs = nowMs();
  const begun: Promise<void>[] = [];
  const values: T[] = [];
  const failed: string[] = [];
  for (let n = 0; n < count; n++) {
    await delay(Math.max(0, startMs + (n * 1000) / perSecond - nowMs()));
    begun.push(
      begin().then(
        (value) => void values.push(value),
        (failure: unknown) => void failed.push(String(failure)),
      ),
    );
  }
  await Promise.all(begun);
  return { values, failed, cpuShare: cpuShareSince(before, startMs) };
}

async function ring(to: string): Promise<{ twimlMs: number; firstAudioMs: number }> {
  const callSid = carrierNow().newSid();
  const startMs = nowMs();
  const document = await carrierNow().ring(callSid, to);
  const twimlMs = nowMs() - startMs;
  const target = carrierNow().streamIn(document);
  if (!target) throw new Error('the call was not sent to a gateway');
  const call = newCall(callSid);
  call.open(target);
  const late = delay(15_000, undefined, { ref: false }).then(() => Promise.reject(new Error('no greeting in 15 s')));
  try {
    return { twimlMs, firstAudioMs: (await Promise.race([call.answered, late])) - startMs };
  } catch (failure) {
    calls = calls.filter((one) => one !== call);
    call.hangUp();
    throw failure;
  }
}

async function prompt(to: string): Promise<{ twimlMs: number }> {
  const callSid = carrierNow().newSid();
  const startMs = nowMs();
  const document = await carrierNow().ring(callSid, to);
  const twimlMs = nowMs() - startMs;
  await carrierNow().follow(callSid, document);
  await carrierNow().ended(callSid);
  return { twimlMs };
}

/** Rings like `prompt`, and leaves the calls in what they hear first. */
async function hold(to: string): Promise<{ twimlMs: number }> {
  const callSid = carrierNow().newSid();
  const startMs = nowMs();
  const document = await carrierNow().ring(callSid, to);
  held.push({ callSid, document });
  return { twimlMs: nowMs() - startMs };
}

/** The held calls ask for what comes next. */
async function goOn(perSecond: number): Promise<Outcome<{ twimlMs: number }>> {
  const waiting = held;
  held = [];
  return openLoop(waiting.length, perSecond, async () => {
    const { callSid = '', document = '' } = waiting.pop() ?? {};
    const startMs = nowMs();
    const next = await carrierNow().step(callSid, document);
    if (next === undefined) throw new Error('nothing comes after what the call hears');
    const twimlMs = nowMs() - startMs;
    await carrierNow().follow(callSid, next);
    await carrierNow().ended(callSid);
    return { twimlMs };
  });
}

async function relay(port: number, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    newCall(carrierNow().newSid()).open({
      url: `ws://127.0.0.1:${port}/media`,
      host: '127.0.0.1',
      port,
      path: '/media',
      signature: '',
      parameters: {},
    });
    await delay(10);
  }
  await Promise.race([Promise.all(calls.map((call) => call.answered)), delay(15_000, undefined, { ref: false })]);
}

async function measure(seconds: number): Promise<Samples & { cpuShare: number }> {
  samples = noSamples();
  const before = process.cpuUsage();
  const startMs = nowMs();
  await delay(seconds * 1000);
  const taken = samples;
  samples = noSamples();
  return { ...taken, cpuShare: cpuShareSince(before, startMs) };
}

async function tools(name: string, perSecond: number, seconds: number): Promise<Outcome<number>> {
  let turn = 0;
  return openLoop(perSecond * seconds, perSecond, async () => {
    // The first call is left alone where there are others: its history is looked at.
    const chosen = calls.length > 1 ? 1 + (turn % (calls.length - 1)) : 0;
    turn += 1;
    const session = calls[chosen]?.session();
    if (!session) throw new Error('a call without a model');
    const id = `load-tool-${turn}-${session.index}`;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    toolsAsked.set(id, (atMs, status) => (status === 'ok' ? resolve(atMs) : reject(new Error(`result: ${status}`))));
    const startMs = nowMs();
    session.callTool(id, name, { order_number: String(1000 + turn) });
    const late = delay(10_000, undefined, { ref: false }).then(() => Promise.reject(new Error('no result in 10 s')));
    return (await Promise.race([promise, late])) - startMs;
  });
}

async function hangUp(): Promise<void> {
  const gone = calls;
  calls = [];
  for (const call of gone) call.hangUp();
  await openLoop(gone.length, 50, async () => carrierNow().ended(gone.pop()?.callSid ?? '')).catch(() => undefined);
  await delay(500);
  model.closed();
}

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.ask) {
    case 'carrier':
      carrier = createLoadCarrier(ask.settings);
      return undefined;
    case 'ring':
      return openLoop(ask.calls, ask.perSecond, () => ring(ask.to));
    case 'prompt':
      return openLoop(ask.calls, ask.perSecond, () => prompt(ask.to));
    case 'hold':
      return openLoop(ask.calls, ask.perSecond, () => hold(ask.to));
    case 'goOn':
      return goOn(ask.perSecond);
    case 'relay':
      return relay(ask.port, ask.calls);
    case 'measure':
      return measure(ask.seconds);
    case 'tools':
      return tools(ask.name, ask.perSecond, ask.seconds);
    case 'recovery':
      ({ noticeMs } = ask);
      recovered = [];
      lost = [];
      return undefined;
    case 'recovered':
      return { recovered, lost };
    case 'calls':
      return calls.filter((call) => call.isStanding()).map(({ callSid }) => callSid);
    case 'hangUp':
      return hangUp();
  }
}

/** Each call has its place within the 20 ms, as callers who began at different times have. */
let slot = Math.floor(nowMs());
setInterval(() => {
  const atMs = nowMs();
  model.tick(atMs);
  for (; slot <= atMs; slot++) {
    for (let n = slot % FRAME_MS; n < calls.length; n += FRAME_MS) calls[n]?.tick(atMs);
    if (slot % 10 === 0) samples.pace.push(atMs - slot);
  }
}, 1);

process.on('message', ({ id, ...ask }: Ask & { id: number }) => {
  answer(ask).then(
    (value) => process.send?.(JSON.stringify({ id, value })),
    (failure: unknown) => process.send?.(JSON.stringify({ id, failure: String(failure) })),
  );
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(JSON.stringify({ id: 0, value: typeof address === 'object' ? address?.port : 0 }));
});
