import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createGatewayActivities } from './gateway-activities.ts';
import { createLiveCalls } from './live-calls.ts';
import type { OpenModel } from './session/open-model.ts';
import { FakeModel } from './session/fake-model.ts';
import { assistant, speech, startTestCall } from './session/session-fixture.ts';
import { createWarmModels } from './warm-models.ts';

const log = pino({ level: 'silent' });

const lease = { hold: () => Promise.resolve() };

function setUp(open: () => Promise<OpenModel>) {
  const calls = createLiveCalls();
  const warm = createWarmModels({ log });
  return { calls, warm, activities: createGatewayActivities({ calls, warm, open, isDraining: () => false, lease }) };
}

async function opened(model: FakeModel): Promise<OpenModel> {
  const session = await model.startSession({
    modelId: 'fake-live',
    apiKey: 'k',
    systemInstruction: '',
    language: 'cs-CZ',
    voice: 'Kore',
    latencyProfile: 'fast',
    bargeIn: true,
    activity: 'model',
    tools: [],
    connectTimeoutMs: 1000,
  });
  return { modelId: 'fake-live', model, session, memory: 'fresh' };
}

const input = { tenantId: 'acme', callId: 'CA1', epoch: 1, nodeId: 'talk', assistant };

it('warms a model once, for the stream of that epoch', async () => {
  const model = new FakeModel();
  const { warm, activities } = setUp(() => opened(model));
  await activities.warm(input);
  await activities.warm(input);
  expect(warm.take({ callId: 'CA1', epoch: 2 })).toBeUndefined();
  const warmed = warm.take(input);
  const call = startTestCall({ model, ...(warmed ? { warmed } : {}), start: { vars: { pin: '12' } } });
  await call.pass(40);
  expect(model.sessions).toHaveLength(1);
  expect(call.live().texts[0]).toContain('"pin":"12"');
});

it('closes what nobody took, and survives a model that does not open', async () => {
  const model = new FakeModel();
  const { warm, activities } = setUp(() => opened(model));
  await activities.warm(input);
  await Promise.resolve();
  warm.closeAll();
  await expect.poll(() => model.sessions[0]?.stopped).toBe(true);
  const broken = setUp(() => Promise.reject(new Error('away')));
  await broken.activities.warm(input);
  await expect.poll(() => broken.warm.take(input)).toBeUndefined();
});

it('carries a command out once, and only for the call and epoch that it holds', async () => {
  const { calls, activities } = setUp(() => Promise.reject(new Error('unused')));
  const call = startTestCall();
  calls.add('CA1', call.session);
  await call.pass(40);
  const command = { commandId: 'c1', type: 'play', text: 'Hned jsem zpět.' } as const;
  await activities.command({ callId: 'CA1', epoch: 1, command });
  await activities.command({ callId: 'CA1', epoch: 1, command });
  expect(call.live().texts.filter((text) => text.includes('Hned jsem zpět.'))).toHaveLength(1);
  await expect(activities.command({ callId: 'CA1', epoch: 2, command })).rejects.toMatchObject({
    type: 'StaleEpoch',
    nonRetryable: true,
  });
  await expect(activities.command({ callId: 'CA2', epoch: 1, command })).rejects.toMatchObject({ type: 'StaleEpoch' });
});

it('takes a command of the same name for each of its calls', async () => {
  const { calls, activities } = setUp(() => Promise.reject(new Error('unused')));
  const [one, two] = [startTestCall(), startTestCall()];
  calls.add('CA1', one.session);
  calls.add('CA2', two.session);
  await Promise.all([one.pass(40), two.pass(40)]);
  for (const callId of ['CA1', 'CA2'])
    await activities.command({ callId, epoch: 1, command: { commandId: 'c1', type: 'play', text: 'Hned jsem zpět.' } });
  expect([one, two].map((call) => call.live().texts.at(-1)?.includes('Hned jsem zpět.'))).toEqual([true, true]);
});

it('plays digits as tones behind what is being said', async () => {
  const { calls, activities } = setUp(() => Promise.reject(new Error('unused')));
  const call = startTestCall();
  calls.add('CA1', call.session);
  await call.pass(40);
  call.live().emit(speech(300));
  await activities.command({ callId: 'CA1', epoch: 1, command: { commandId: 'c2', type: 'dtmf', digits: '12' } });
  await call.pass(1000);
  expect(call.carrier.playedMs).toBeGreaterThan(750);
});

it('lets a newer epoch of a call take the place of the older one', async () => {
  const { calls } = setUp(() => Promise.reject(new Error('unused')));
  const older = startTestCall();
  const newer = startTestCall({ start: { epoch: 2 } });
  calls.add('CA1', older.session);
  calls.add('CA1', newer.session);
  await older.ended;
  calls.remove('CA1', older.session);
  expect(older.carrier.closed).toBe(true);
  expect(calls.get('CA1')).toBe(newer.session);
  expect(calls.count()).toBe(1);
});

it('says whether it holds a call in an epoch', async () => {
  const { calls, activities } = setUp(() => Promise.reject(new Error('unused')));
  const call = startTestCall();
  calls.add('CA1', call.session);
  expect(await activities.holds({ callId: 'CA1', epoch: 1 })).toBe(true);
  expect(await activities.holds({ callId: 'CA1', epoch: 2 })).toBe(false);
  expect(await activities.holds({ callId: 'CA2', epoch: 1 })).toBe(false);
});
