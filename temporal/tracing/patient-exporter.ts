import { setTimeout as delay } from 'node:timers/promises';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** A collector that is started again is up by then. */
const waitsMs = [250, 1_000, 3_000] as const;

/**
 * Sends again what got no answer: the library itself does so only where a collector asks for it, and gives up a batch whose
 * connection breaks, as one does that is kept open and closed by the other side just then. A batch may arrive twice, which
 * its spans' ids tell.
 */
export function patientExporter(exporter: SpanExporter): SpanExporter {
  const send = (spans: ReadableSpan[]): Promise<ExportResult> =>
    new Promise((resolve) => exporter.export(spans, resolve));
  const sendPatiently = async (spans: ReadableSpan[]): Promise<ExportResult> => {
    let result = await send(spans);
    for (const waitMs of waitsMs) {
      if (result.error === undefined || wasAnswered(result.error)) break;
      await delay(waitMs, undefined, { ref: false });
      result = await send(spans);
    }
    return result;
  };
  return {
    export: (spans, done) => void sendPatiently(spans).then(done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** With an HTTP status: the collector does not want it. */
function wasAnswered(error: Error): boolean {
  return 'code' in error && typeof error.code === 'number';
}
