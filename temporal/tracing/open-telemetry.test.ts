import { setImmediate as turn } from 'node:timers/promises';
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startOtlpReceiver, treeOf } from '../../test/otlp-receiver.ts';
import { openTracing, type Tracing } from '../tracing.ts';
import { callSpanContext } from './call-trace.ts';

type Receiver = Awaited<ReturnType<typeof startOtlpReceiver>>;

const call = { tenantId: 'acme', callId: 'CA1' };
const failures: string[] = [];
let receiver: Receiver;
let tracing: Tracing;

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  const opened = await openTracing({
    endpoint: `${receiver.endpoint}/`,
    headers: 'x-key=a%20b, x-other=c',
    process: 'worker',
    onFailure: (reason) => failures.push(reason),
  });
  if (!opened) throw new Error('not opened');
  tracing = opened;
});
afterAll(() => receiver.close());

const names = (): string[] => receiver.spans.map(({ name }) => name);

it('is not switched on without an address', async () => {
  expect(await openTracing({ endpoint: undefined, process: 'api', onFailure: () => {} })).toBeUndefined();
});

it('joins what several processes tell of one call by its id alone, beneath the call itself', async () => {
  const stream = tracing.begin(call, 'stream', { facts: { epoch: 1 } });
  await stream.within(async () => {
    await turn(); // what is going on is known behind every wait
    const attach = tracing.begin(call, 'attach');
    attach.end({ facts: { outcome: 'accepted' }, failed: true });
    tracing.begin({ ...call, callId: 'CA2' }, 'of another call').end();
  });
  stream.child('turn', { startMs: 1000 }).end({ endMs: 1500 });
  stream.end();
  stream.end({ facts: { outcome: 'too late' } });
  tracing.callEnded(call, { startMs: 500, endMs: 2500.5 }, { outcome: 'ended' });
  // Of no call, and thus of no trace.
  context.with(ROOT_CONTEXT, () => trace.getTracer('another').startSpan('lease').end());
  await receiver.received(({ name }) => name === 'call');
  const { traceId } = callSpanContext('CA1');
  const own = receiver.spans.filter((span) => span.traceId === traceId);
  expect(treeOf(own).map((line) => line.replace(/ \+.*/, ''))).toEqual(
    ['call [worker]', '  stream [worker]', '    turn [worker]', '    attach [worker]'].map((line) =>
      expect.stringContaining(line),
    ),
  );
  expect(own.find(({ name }) => name === 'call')).toMatchObject({ startMs: 500, endMs: 2500.5 });
  expect(own.find(({ name }) => name === 'attach')?.attributes).toEqual({
    'switchboard.tenantId': 'acme',
    'switchboard.callId': 'CA1',
    'switchboard.outcome': 'accepted',
  });
  expect(receiver.headers()).toMatchObject({ 'x-key': 'a b', 'x-other': 'c' });
  expect(names()).toContain('of another call');
  expect(names()).not.toContain('lease');
});

it('lets nothing out but ids and what it names itself: no words of errors, nothing that others add', async () => {
  const span = tracing.begin(call, 'activity');
  span.within(() => {
    const inner = trace.getTracer('another').startSpan('of the SDK');
    inner.setAttributes({ memo: 'secret', temporalWorkflowId: 't/acme/call/CA1' });
    inner.recordException(new Error('the caller said secret'));
    inner.setStatus({ code: SpanStatusCode.ERROR, message: 'secret' });
    inner.end();
  });
  await receiver.received(({ name }) => name === 'of the SDK');
  const { attributes } = receiver.spans.find(({ name }) => name === 'of the SDK') ?? {};
  expect(attributes).toEqual({ temporalWorkflowId: 't/acme/call/CA1' });
  expect(receiver.raw()).not.toContain('secret');
});

it('sends again what was under way when a connection broke', async () => {
  receiver.breakOff(2);
  tracing.begin(call, 'cut off').end();
  await receiver.received(({ name }) => name === 'cut off');
  expect(failures).toEqual([]);
});

it('says once that spans are not taken', async () => {
  receiver.refuse();
  tracing.begin(call, 'lost').end();
  await receiver.refused();
  await tracing.close();
  expect(failures).toHaveLength(1);
});
