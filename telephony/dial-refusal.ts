import type { DialFailure, DialFailureReason } from '../contracts/dial-failure.ts';
import { AppError } from '../contracts/errors.ts';
import { CarrierError } from './carrier-failure.ts';

/** The carrier's codes for a call that it does not place (twilio.com/docs/api/errors). */
const reasons: Readonly<Record<number, DialFailureReason>> = {
  10_001: 'account-refused',
  20_003: 'account-refused',
  20_005: 'account-refused',
  21_202: 'destination-blocked',
  21_203: 'destination-blocked',
  21_210: 'caller-id-refused',
  21_211: 'number-invalid',
  21_212: 'caller-id-refused',
  21_214: 'number-invalid',
  21_215: 'destination-blocked',
  21_216: 'destination-blocked',
  21_217: 'number-invalid',
  21_219: 'number-unverified',
};

/** Why a request to dial ended for good; undefined where it is worth another try, or is a fault of ours. */
export function dialRefusal(failure: unknown): DialFailure | undefined {
  if (!(failure instanceof AppError) || failure.retry) return undefined;
  switch (failure.code) {
    case 'number-unknown':
    case 'credentials-missing':
    case 'dial-unknown':
      return { reason: failure.code };
    default: {
      const carrierCode = failure instanceof CarrierError ? failure.carrierCode : undefined;
      if (carrierCode === undefined) return { reason: 'carrier-refused' };
      return { reason: reasons[carrierCode] ?? 'carrier-refused', carrierCode };
    }
  }
}
