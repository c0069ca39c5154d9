import twilio from 'twilio';
import { beforeEach, describe, expect, it } from 'vitest';
import { useTestLab } from './test-lab.ts';
import { TEST_ACCOUNT } from './test-product.ts';

const lab = useTestLab();
let client: ReturnType<typeof twilio>;
beforeEach(() => {
  client = twilio(TEST_ACCOUNT.sid, TEST_ACCOUNT.authToken);
  client.api.baseUrl = lab.network.url;
});

const FROM = '+420800000001';
const TO = '+420111222333';
const AMD = 'https://product.test/amd';

describe('machine detection before the first question', () => {
  it('an answering machine is told with the voice request', async () => {
    lab.product.respond.set('/outbound', () => '<Hangup/>');
    await lab.control.send('PUT', `/callees/${TO}`, { outcome: 'machine', answerAfterMs: 100 });
    const call = await client.calls.create({
      to: TO,
      from: FROM,
      url: 'https://product.test/outbound',
      machineDetection: 'Enable',
    });
    await lab.control.wait(call.sid);
    expect(lab.product.received[0]?.form).toMatchObject({ AnsweredBy: 'machine_start', Direction: 'outbound-api' });
    expect((await client.calls(call.sid).fetch()).answeredBy).toBe('machine_start');
  });

  it.each([
    [[{ say: 'low' }, { tone: 'beep' }], 'machine_end_beep'],
    [[{ say: 'low' }], 'machine_end_silence'],
    [[], 'machine_end_silence'],
  ])('the question waits until a machine has spoken %j', { timeout: 15_000 }, async (steps, answeredBy) => {
    lab.product.respond.set('/outbound', () => '<Hangup/>');
    await lab.control.send('PUT', `/callees/${TO}`, { outcome: 'machine', answerAfterMs: 100, steps });
    const call = await client.calls.create({
      to: TO,
      from: FROM,
      url: 'https://product.test/outbound',
      machineDetection: 'DetectMessageEnd',
    });
    const { webhooks, timeline } = await lab.control.wait(call.sid);
    expect(webhooks[0]?.fields).toMatchObject({ AnsweredBy: answeredBy });
    const kinds = timeline.map(({ kind }) => kind);
    expect(kinds.includes('said')).toBe(steps.length > 0);
    for (const kind of ['said', 'beep']) expect(kinds.lastIndexOf(kind)).toBeLessThan(kinds.indexOf('document'));
  });
});

describe('asynchronous machine detection', () => {
  const asked = { machineDetection: 'DetectMessageEnd', asyncAmd: 'true', asyncAmdStatusCallback: AMD } as const;
  /** Calls somebody and gives what our address for results was sent, once the call has ended by itself. */
  const detect = async (callee: object, wanted: object = asked) => {
    lab.product.respond.set('/outbound', () => '<Pause length="60"/>');
    await lab.control.send('PUT', `/callees/${TO}`, { answerAfterMs: 100, ...callee });
    const url = 'https://product.test/outbound';
    const { sid } = await client.calls.create({ to: TO, from: FROM, url, ...wanted });
    const record = await lab.control.wait(sid);
    return { record, told: lab.product.received.filter(({ path }) => path === '/amd') };
  };

  it.each([
    [{ steps: [{ pauseMs: 3000 }, { hangUp: true }] }, 'human', '1500'],
    [{ detectedAfterMs: 700, steps: [{ pauseMs: 3000 }, { hangUp: true }] }, 'human', '700'],
    [{ detectedAs: 'machine_end_other', steps: [{ pauseMs: 3000 }, { hangUp: true }] }, 'machine_end_other', '1500'],
    [{ outcome: 'fax', steps: [{ tone: 'fax' }, { hangUp: true }] }, 'fax', '1500'],
    [
      { outcome: 'machine', steps: [{ say: 'low' }, { tone: 'beep' }, { pauseMs: 900 }, { hangUp: true }] },
      'machine_end_beep',
      '900',
    ],
    [{ outcome: 'machine', steps: [{ say: 'low' }, { pauseMs: 1000 }, { hangUp: true }] }, 'unknown', '1400'],
  ])('the call goes on at once and the result comes after it: %j is %s', async (callee, answeredBy, durationMs) => {
    const { record, told } = await detect(callee);
    expect(told.map(({ form }) => form)).toEqual([
      {
        CallSid: record.callSid,
        AccountSid: TEST_ACCOUNT.sid,
        AnsweredBy: answeredBy,
        MachineDetectionDuration: expect.any(String),
      },
    ]);
    // A busy machine hears later.
    expect(Number(told[0]?.form.MachineDetectionDuration)).toBeGreaterThanOrEqual(Number(durationMs) - 40);
    expect(told[0]?.headers['x-twilio-signature']).toMatch(/=$/);
    expect(record.webhooks[0]?.fields.AnsweredBy).toBe(undefined);
    const kinds = record.timeline.map(({ kind }) => kind);
    expect(kinds.indexOf('document')).toBeLessThan(kinds.indexOf('machine-detection'));
    expect((await client.calls(record.callSid).fetch()).answeredBy).toBe(answeredBy);
  });

  it('gives up after its time', { timeout: 15_000 }, async () => {
    const steps = [{ say: 'low' }, { pauseMs: 4000 }, { hangUp: true }];
    const { told } = await detect({ outcome: 'machine', steps }, { ...asked, machineDetectionTimeout: 3 });
    expect(told[0]?.form).toMatchObject({ AnsweredBy: 'unknown', MachineDetectionDuration: '3000' });
  });

  it('tells twice, never or too late, by trap', async () => {
    const steps = [{ pauseMs: 2500 }, { hangUp: true }];
    expect((await detect({ steps, switches: ['detection-callback-repeated'] })).told).toHaveLength(2);
    lab.product.received.length = 0;
    const lost = await detect({ steps, switches: ['detection-callback-lost'] });
    expect([lost.told, lost.record.alerts]).toEqual([[], []]);
    const late = await detect({ steps, switches: ['detection-callback-late'] });
    expect(late.record.webhooks.at(-1)).toMatchObject({ purpose: 'async-amd', fields: { AnsweredBy: 'human' } });
    expect(late.record.webhooks.at(-1)?.atMs).toBeGreaterThanOrEqual(late.record.endedAtMs);
  });

  it('warns who gives no address for the result', async () => {
    const steps = [{ pauseMs: 2000 }, { hangUp: true }];
    const { asyncAmdStatusCallback: _address, ...noAddress } = asked;
    const { told, record } = await detect({ steps }, noAddress);
    expect([told, record.alerts.map(({ code }) => code)]).toEqual([[], [21_262]]);
  });
});
