import { describe, expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import { CarrierError } from '../telephony/carrier-failure.ts';
import { DialLater } from '../telephony/dial-pace.ts';
import { createCarrierActivities } from './carrier-activities.ts';

const carrier = { provider: 'twilio', accountId: 'AC1', carrierCallId: 'CA1' } as const;
const call = { tenantId: 'acme', callId: 'out-1', carrier };
const dial = {
  tenantId: 'acme',
  callId: 'out-1',
  from: '+1',
  to: '+2',
  accountId: 'AC1',
  ringTimeoutS: 30,
  idempotencyKey: 'k1',
  machineDetection: 'async' as const,
};

function activities(
  fails: Partial<Record<'startCall' | 'fetchStatus' | 'sendEvent', AppError>> = {},
  status?: { status: 'busy' },
) {
  const written: string[] = [];
  const made = createCarrierActivities({
    voice: {
      startCall: ({ callId }) =>
        fails.startCall ? Promise.reject(fails.startCall) : Promise.resolve({ callId, carrierCallId: 'CA1' }),
      endCall: () => Promise.resolve(),
      sendEvent: (callId, event) => {
        if (fails.sendEvent) return Promise.reject(fails.sendEvent);
        written.push(`${callId} ${JSON.stringify(event)}`);
        return Promise.resolve();
      },
    },
    continueUrl: ({ callId, number, gatewayId }) => `https://api.test/${callId}/${number}/${gatewayId}`,
    forkToken: ({ epoch }) => `token-of-${epoch}`,
    fetchStatus: () => (fails.fetchStatus ? Promise.reject(fails.fetchStatus) : Promise.resolve(status)),
    sessions: { setCarrierCall: ({ carrierCallId }) => Promise.resolve(written.push(carrierCallId) > 0) },
  });
  return { ...made, written };
}

describe('dialling', () => {
  it('keeps the carrier’s id', async () => {
    const { dial: run, written } = activities();
    expect(await run(dial)).toEqual({ status: 'dialling', carrierCallId: 'CA1' });
    expect(written).toEqual(['CA1']);
  });

  it('tells the call to ask again where too many wait, and then dials nobody', async () => {
    const { dial: run, written } = activities({ startCall: new DialLater(9000) });
    expect(await run(dial)).toEqual({ status: 'later', afterMs: 9000 });
    expect(written).toEqual([]);
  });

  it('takes a refusal as an outcome, and what is unknown as worth another try', async () => {
    const refused = activities({ startCall: new CarrierError('carrier-refused', 'no', 21_215) });
    const failure = { reason: 'destination-blocked', carrierCode: 21_215 };
    expect(await refused.dial(dial)).toEqual({ status: 'failed', failure });
    const lost = activities({ startCall: new AppError('dial-unknown', 'nobody knows') });
    expect(await lost.dial(dial)).toEqual({ status: 'failed', failure: { reason: 'dial-unknown' } });
    const away = activities({ startCall: new AppError('carrier-unavailable', 'away') });
    await expect(away.dial(dial)).rejects.toMatchObject({ type: 'carrier-unavailable', nonRetryable: false });
  });
});

describe('asking the carrier', () => {
  it('gives its word, and takes a call that it does not know for over', async () => {
    expect(await activities({}, { status: 'busy' }).fetchCarrierStatus(call)).toEqual({ status: 'busy' });
    expect(await activities().fetchCarrierStatus(call)).toEqual({ status: 'completed' });
    const away = activities({ fetchStatus: new AppError('carrier-unavailable', 'away') });
    await expect(away.fetchCarrierStatus(call)).rejects.toMatchObject({ nonRetryable: false });
  });
});

describe('moving a call', () => {
  const move = { ...call, number: 3, gatewayId: 'g1' };

  it('has the carrier ask for what comes after the answer that it carries out', async () => {
    const { moveCall, written } = activities();
    await moveCall(move);
    expect(written).toEqual(['out-1 {"type":"redirect","url":"https://api.test/out-1/3/g1"}']);
  });

  it('takes a call that has ended for moved, and tries again where the carrier is away', async () => {
    await activities({ sendEvent: new AppError('call-ended', 'over') }).moveCall(move);
    const away = activities({ sendEvent: new AppError('carrier-unavailable', 'away') });
    await expect(away.moveCall(move)).rejects.toMatchObject({ type: 'carrier-unavailable', nonRetryable: false });
  });
});

it('has a caller forked to a gateway, with a token for it that the call never sees', async () => {
  const fork = {
    tenantId: 'acme',
    callId: 'out-1',
    epoch: 2,
    gateway: { gatewayId: 'g2', mediaUrl: 'wss://two.test/media' },
  };
  const { forkCaller, written } = activities();
  await forkCaller(fork);
  expect(written).toEqual(['out-1 {"type":"fork","url":"wss://two.test/media","token":"token-of-2"}']);
});
