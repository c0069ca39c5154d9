import { performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createGateway, type Gateway } from './gateway.ts';
import { FakeModel } from './session/fake-model.ts';
import { assistant, speech } from './session/session-fixture.ts';
import { createTicker } from './ticker.ts';

const sibling = { gatewayId: 'g2', mediaUrl: 'wss://media-two.test/media' };
const log = pino({ level: 'silent' });

interface Held {
  gateway: Gateway;
  model: FakeModel;
  outcomes: string[];
  closed: Promise<void>;
  playAll: () => void;
}

/** A gateway that holds one call, in which the assistant is in the middle of a long sentence. */
async function holding(hasSibling: boolean, speechMs = 20_000): Promise<Held> {
  const model = new FakeModel();
  const outcomes: string[] = [];
  const nowMs = (): number => performance.now();
  const start = {
    tenantId: 'acme',
    callId: 'CA1',
    epoch: 1,
    nodeId: 'talk',
    assistant,
    clockMs: 0,
    resumed: false,
    handedOver: false,
    vars: {},
  };
  const gateway = createGateway({
    lease: { hold: () => Promise.resolve() },
    admission: async () => ({ start, allowedPrivateHosts: [] }),
    modelOf: () => model,
    modelAccess: async () => ({ apiKey: 'k' }),
    lineOf: () => ({
      readMemory: async () => ({ turns: [] }),
      writeTurns: async () => {},
      storeHandle: async () => {},
      tellStopped: async ({ outcome }) => outcomes.push(outcome) > 0,
      sensitiveEntry: async () => true,
      askNext: async () => ({ next: 'carrier' }),
      storeOutcome: async () => {},
      checkpoint: async () => {},
      prepareHandover: async () => undefined,
      handOver: async () => {},
      writeCosts: async () => {},
      runTool: () => new Promise(() => {}),
    }),
    pickSuccessor: async () => (hasSibling ? sibling : undefined),
    forks: { take: () => undefined, closeAll: () => {} },
    onTakenOver: () => {},
    ticker: createTicker(nowMs),
    nowMs,
    connectTimeoutMs: 1000,
    log,
  });
  let close: () => void = () => {};
  const closed = new Promise<void>((resolve) => (close = resolve));
  const message = {
    event: 'start',
    streamSid: 'MZ1',
    start: {
      accountSid: 'AC1',
      callSid: 'CA1',
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters: {},
    },
  } as const;
  const marks: string[] = [];
  const carrier = { play: (_: Uint8Array, name: string) => void marks.push(name), clear: () => {}, close };
  const listener = await gateway.admit(message, undefined, carrier);
  const playAll = (): void => marks.splice(0).forEach((name) => listener.mark(name));
  await expect.poll(() => model.sessions[0]?.texts.length).toBe(1);
  model.sessions[0]?.emit(speech(speechMs));
  return { gateway, model, outcomes, closed, playAll };
}

it.each([true, false])(
  'gives its calls up at the deadline, without an outcome (another gateway: %s)',
  async (hasSibling) => {
    const { gateway, model, outcomes, closed } = await holding(hasSibling);
    expect([gateway.isOpen(), gateway.count()]).toEqual([true, 1]);
    const drained = gateway.drain(1600);
    expect(gateway.isOpen()).toBe(false);
    await Promise.all([closed, drained]);
    expect(gateway.count()).toBe(0);
    expect(model.sessions[0]?.stopped).toBe(true);
    expect(outcomes).toEqual([]);
    await gateway.activities.warm({ tenantId: 'acme', callId: 'CA2', epoch: 1, nodeId: 'talk', assistant });
    expect(model.sessions).toHaveLength(1);
  },
);

it('moves a call as soon as nobody speaks where another gateway is up', async () => {
  const { gateway, model, closed, playAll } = await holding(true, 100);
  model.sessions[0]?.emit({ type: 'turnComplete' });
  playAll();
  await Promise.all([closed, gateway.drain(60_000)]);
  expect(gateway.count()).toBe(0);
});
