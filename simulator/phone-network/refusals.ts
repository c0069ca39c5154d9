import { RestError } from './rest-error.ts';

/** Numbers that the network does not call for an account, by error code; its texts quote the number, as the carrier's do. */
const refusals: Readonly<Record<number, (to: string) => string>> = {
  21_211: (to) => `The phone number you are attempting to call, ${to}, is not valid.`,
  21_214: (to) => `The phone number you are attempting to call, ${to}, cannot be reached.`,
  21_215: (to) => `Account not authorized to call ${to}. Perhaps you need to enable some international permissions.`,
  21_216: (to) => `Account not allowed to call ${to}.`,
  21_219: (to) => `The number ${to} is unverified. Trial accounts may only make calls to verified numbers.`,
};

export function isRefusal(code: unknown): code is number {
  return typeof code === 'number' && code in refusals;
}

export const refusalCodes: readonly string[] = Object.keys(refusals);

/** The answer to a request for a call to such a number: nothing is dialled. */
export function refuseToDial(code: number, to: string): RestError {
  return new RestError(400, code, refusals[code]?.(to) ?? 'Cannot route to this number.');
}
