/**
 * The one table of failures that break a promise. Only edges translate a code: activities to `ApplicationFailure`,
 * Fastify to `{ code, message }`, the gateway to a close code. A code is retired, never used again for something else.
 */
export const errorTable = {
  'config-invalid': { status: 500, retry: false },
  'database-unavailable': { status: 503, retry: true },
  'database-newer-than-code': { status: 500, retry: false },
  'database-role-unbound': { status: 500, retry: false },
  'temporal-unavailable': { status: 503, retry: true },
  'signature-invalid': { status: 403, retry: false },
  'account-unknown': { status: 403, retry: false },
  'number-unknown': { status: 404, retry: false },
  'call-unknown': { status: 404, retry: false },
  'callback-malformed': { status: 400, retry: false },
  'call-ended': { status: 409, retry: false },
  'tenant-unknown': { status: 404, retry: false },
  'api-key-unknown': { status: 404, retry: false },
  'api-key-invalid': { status: 401, retry: false },
  'request-malformed': { status: 400, retry: false },
  'idempotency-key-reused': { status: 409, retry: false },
  'request-too-large': { status: 413, retry: false },
  'media-type-unsupported': { status: 415, retry: false },
  'route-unknown': { status: 404, retry: false },
  'credentials-missing': { status: 422, retry: false },
  'document-invalid': { status: 422, retry: false },
  'flow-invalid': { status: 422, retry: false },
  'flow-unknown': { status: 404, retry: false },
  'flow-version-unknown': { status: 404, retry: false },
  'calendar-unknown': { status: 404, retry: false },
  'draft-conflict': { status: 409, retry: false },
  'secret-unreadable': { status: 500, retry: false },
  'carrier-refused': { status: 502, retry: false },
  'carrier-unavailable': { status: 503, retry: true },
  'dial-later': { status: 503, retry: true },
  'dial-unknown': { status: 504, retry: false },
  'model-refused': { status: 502, retry: false },
  'model-unavailable': { status: 503, retry: true },
  'stream-refused': { status: 403, retry: false },
  'stale-epoch': { status: 409, retry: false },
  'tool-unknown': { status: 404, retry: false },
  'tool-refused': { status: 422, retry: false },
  'port-in-use': { status: 500, retry: false },
  'object-missing': { status: 404, retry: false },
  'recording-unknown': { status: 404, retry: false },
  'recording-pending': { status: 503, retry: true },
  'recording-damaged': { status: 502, retry: true },
  'not-ready': { status: 503, retry: true },
  unexpected: { status: 500, retry: false },
} as const satisfies Record<string, { status: number; retry: boolean }>;

export type ErrorCode = keyof typeof errorTable;

/** A code that has travelled as text; one that the table does not have is a fault of ours. */
export function errorCodeOf(text: string): ErrorCode {
  return isErrorCode(text) ? text : 'unexpected';
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text);
}

/** A broken promise, named by its code. The message is for operators and holds no personal data. */
export class AppError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retry(): boolean {
    return errorTable[this.code].retry;
  }
}

/** The message of whatever was thrown; for log fields and causes, never for callers. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
