import type { FastifyError, FastifyInstance } from 'fastify';
import { AppError, type ErrorCode, errorTable } from '../contracts/errors.ts';

/** The body of every refusal. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
}

/** Every failure leaves as `{ code, message }` with the status of the error table; what is not ours says nothing of itself. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | AppError>((failure, request, reply) => {
    const known = failure instanceof AppError ? failure : undefined;
    const code = known?.code ?? codeOf(failure);
    const { status } = errorTable[code];
    if (status >= 500) request.log.error({ code, err: failure }, 'request failed');
    else request.log.info({ code, status }, 'request refused');
    const body: ErrorBody = { code, message: known?.message ?? words[code] ?? 'something went wrong on our side' };
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler((_request, reply) => {
    const body: ErrorBody = { code: 'route-unknown', message: 'there is nothing here' };
    return reply.code(404).send(body);
  });
}

const words: Partial<Record<ErrorCode, string>> = {
  'request-malformed': 'the request does not have the form that this address takes',
  'request-too-large': 'the request is too large',
  'media-type-unsupported': 'this address does not take that media type',
};

/** Fastify's own failures carry a status; their texts quote what was sent and stay inside. */
function codeOf({ statusCode = 500, validation }: Partial<FastifyError>): ErrorCode {
  if (statusCode === 413) return 'request-too-large';
  if (statusCode === 415) return 'media-type-unsupported';
  return validation || (statusCode >= 400 && statusCode < 500) ? 'request-malformed' : 'unexpected';
}
