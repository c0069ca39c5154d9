import type { EventDetail } from '../../../contracts/flow/state.ts';
import type { Json } from '../../../contracts/tools.ts';

/** An event as the child of its question returns it. */
export function childAnswer(event: EventDetail): Json {
  return event.type === 'toolAnswered' ? toolResult(event) : JSON.parse(JSON.stringify(event));
}

/** What a tool's child returns. */
export function toolResult({ status, httpStatus, data }: { status: string; httpStatus?: number; data?: Json }): Json {
  return {
    status,
    ...(httpStatus !== undefined && { httpStatus }),
    ...(data !== undefined && { data }),
    retryable: false,
    hint: '',
    attempts: 1,
    latencyMs: 0,
  };
}
