/** Why the server closes a connection; the reason is what the peer reads (at most 123 bytes). */
export interface Refusal {
  readonly code: 1007 | 1008 | 1011;
  readonly reason: string;
  /** What the client did wrong, for the people who read the record. */
  readonly detail: string;
  /** The client did nothing wrong: a trap has sprung. */
  readonly byTrap?: true;
}

export const reasons = {
  invalidArgument: 'Request contains an invalid argument.',
  notImplemented: 'Operation is not implemented, or supported, or enabled.',
  internal: 'Internal error encountered.',
  deadline: 'Deadline expired before operation could complete.',
  quota: 'You exceeded your current quota, please check your plan and billing details. RESOURCE_EXHAUSTED',
  badKey: 'API key not valid. Please pass a valid API key.',
} as const;

export function invalid(detail: string): Refusal {
  return { code: 1007, reason: reasons.invalidArgument, detail };
}

export function unknownField(name: string, at: string): Refusal {
  const where = at === '' ? '' : ` at '${at}'`;
  const reason = `Invalid JSON payload received. Unknown name "${name}"${where}: Cannot find field.`;
  return { code: 1007, reason: reason.slice(0, 123), detail: reason };
}

export function unknownModel(model: string, apiVersion: string): Refusal {
  const reason = `${model} is not found for API version ${apiVersion}, or is not supported for bidiGenerateContent.`;
  return { code: 1008, reason: reason.slice(0, 123), detail: reason };
}
