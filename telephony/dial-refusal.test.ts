import { describe, expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import { carrierFailure } from './carrier-failure.ts';
import { dialRefusal } from './dial-refusal.ts';

const answered = (status: number, code?: number) =>
  dialRefusal(carrierFailure(Object.assign(new Error('no'), { status, code })).error);

describe('dialRefusal', () => {
  it.each([
    [21_211, 'number-invalid'],
    [21_214, 'number-invalid'],
    [21_219, 'number-unverified'],
    [21_215, 'destination-blocked'],
    [21_210, 'caller-id-refused'],
    [20_003, 'account-refused'],
    [21_299, 'carrier-refused'],
  ])('names the reason behind the carrier’s code %i: %s', (carrierCode, reason) => {
    expect(answered(400, carrierCode)).toEqual({ reason, carrierCode });
  });

  it('has a reason for a refusal without a code, and for what we know ourselves', () => {
    expect(answered(403)).toEqual({ reason: 'carrier-refused' });
    expect(dialRefusal(new AppError('credentials-missing', 'none'))).toEqual({ reason: 'credentials-missing' });
  });

  it('takes nothing for refused that is worth another try, or that is a fault of ours', () => {
    expect([answered(429, 20_429), answered(503), dialRefusal(new TypeError('ours'))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
