/**
 * Takes a call's trace through its workflows, where the worker asks for it.
 *
 * Invariants:
 * T1 A workflow does the same, in the same order, with these and without them: nothing here waits, hands on another promise
 *    than it was given, or asks for chance. Histories replay on workers of either kind; OpenTelemetry's own interceptors
 *    for the sandbox put turns of the microtask queue between, which moves commands.
 * T2 What reached the workflow without a trace leaves none.
 */
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import {
  AsyncLocalStorage,
  proxySinks,
  type Sinks,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';

/** A span that has ended. Times are the workflow's, milliseconds since 1970. */
export interface WorkflowSpan {
  traceId: string;
  spanId: string;
  parentId: string;
  name: string;
  startMs: number;
  endMs: number;
  failed: boolean;
}

export interface TraceSinks extends Sinks {
  traces: { ended(span: WorkflowSpan): void };
}

interface Place {
  readonly traceId: string;
  readonly spanId: string;
}

/** As OpenTelemetry's interceptors of clients and activities name it. */
const traceHeader = '_tracer-data';
/** w3.org/TR/trace-context, section 3.2; the last bit says that it is recorded. */
const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f][13579bdf]$/;

export const interceptors = (): WorkflowInterceptors => {
  const places = new AsyncLocalStorage<Place>();
  const { traces } = proxySinks<TraceSinks>();
  const { runId } = workflowInfo();
  let spans = 0;

  const within = <T>(name: string, parent: Place | undefined, run: () => Promise<T>): Promise<T> => {
    if (!parent) return run();
    const { traceId } = parent;
    const spanId = idOf(`${runId}/${++spans}`);
    const startMs = Date.now();
    const done = places.run({ traceId, spanId }, run);
    const end = (failed: boolean): void =>
      traces.ended({ traceId, spanId, parentId: parent.spanId, name, startMs, endMs: Date.now(), failed });
    done.then(
      () => end(false),
      () => end(true),
    );
    return done;
  };
  const handed = <T extends { headers: Headers }>(input: T): T => {
    const place = places.getStore();
    return place ? { ...input, headers: { ...input.headers, [traceHeader]: headerOf(place) } } : input;
  };

  return {
    inbound: [
      {
        execute: (input, next) =>
          within(`RunWorkflow:${workflowInfo().workflowType}`, placeIn(input.headers), () => next(input)),
        handleUpdate: (input, next) => within(`HandleUpdate:${input.name}`, placeIn(input.headers), () => next(input)),
        handleSignal: (input, next) =>
          within(`HandleSignal:${input.signalName}`, placeIn(input.headers), () => next(input)),
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          within(`StartActivity:${input.activityType}`, places.getStore(), () => next(handed(input))),
        startChildWorkflowExecution: (input, next) => next(handed(input)),
        signalWorkflow: (input, next) => next(handed(input)),
      },
    ],
    internals: [
      {
        dispose(input, next) {
          places.disable();
          next(input);
        },
      },
    ],
  };
};

function placeIn(headers: Headers): Place | undefined {
  const payload = headers[traceHeader];
  const carried: unknown = payload && defaultPayloadConverter.fromPayload(payload);
  if (typeof carried !== 'object' || carried === null || !('traceparent' in carried)) return undefined;
  const [, traceId, spanId] = traceparent.exec(String(carried.traceparent)) ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

function headerOf({ traceId, spanId }: Place) {
  return defaultPayloadConverter.toPayload({ traceparent: `00-${traceId}-${spanId}-01` });
}

/** 16 hexadecimal digits that follow from the text: FNV-1a twice, from two beginnings. */
function idOf(text: string): string {
  return [0x811c9dc5, 0x1b873593]
    .map((beginning) => {
      let hash = beginning;
      for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
      return hash.toString(16).padStart(8, '0');
    })
    .join('');
}
