import { expect, it } from 'vitest';
import { createCallRecordActivities } from '../activities/call-record-activities.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import { toolCallWorkflowId } from '../contracts/ids.ts';
import type { CallInput } from '../contracts/messages.ts';
import type { ToolCallInput, ToolResult } from '../contracts/tools.ts';
import { knowingFlow, madeUpCall, madeUpOutboundCall } from './made-up-call.ts';
import { createMadeUpCarrier, createMadeUpStores } from './made-up-stores.ts';
import { madeUpTool } from './made-up-tool.ts';
import { answerOf, newRunningCall } from './running-call.ts';
import { useTemporal } from './temporal-fixture.ts';

const known: ToolResult = {
  status: 'ok',
  data: { customer: { name: 'Jana', pin: '4711' } },
  retryable: false,
  hint: '',
  attempts: 1,
  latencyMs: 5,
};
const results = new Map<string, ToolResult | Promise<ToolResult>>();
const asked: ToolCallInput[] = [];
const { deps, events } = createMadeUpStores();
const temporal = useTemporal({
  calls: {
    ...createCallRecordActivities(deps),
    callTool: (input: ToolCallInput) => {
      asked.push(input);
      return results.get(input.callId) ?? known;
    },
  },
  tools: createMadeUpCarrier().activities,
});

/** A call that we place, or one that comes in, whose number's route names a tool. */
function knowing(place: (callId: string, flow: FlowDocument) => CallInput) {
  const running = newRunningCall(temporal(), knowingFlow);
  const call: CallInput = {
    ...place(running.callId, knowingFlow),
    contactTool: {
      tool: madeUpTool({ endpoint: 'https://crm.test/contact' }),
      arguments: { phone: 'caller.number' },
      fills: { name: 'customer.name', pin: 'customer.pin' },
    },
  };
  const lastWords = async (): Promise<string | undefined> => {
    const [last] = answerOf(await running.calls.admit(call, {})).instructions;
    return last?.type === 'hangUp' ? last.lastWords?.text : undefined;
  };
  /** We dial, and the tool has answered before anybody picks up. */
  const ring = async (): Promise<void> => {
    await running.calls.start(call, 'request-1');
    await expect.poll(() => asked.some(({ callId }) => callId === call.callId), { timeout: 10_000 }).toBe(true);
    await temporal()
      .client.workflow.getHandle(toolCallWorkflowId('acme', running.callId, 'contact'))
      .result();
  };
  return { ...running, call, ring, lastWords };
}

const ledgerOf = (callId: string): string =>
  JSON.stringify((events.get(callId) ?? []).filter(({ kind }) => kind === 'decision'));

it('knows who calls before the flow begins, and keeps what is sensitive out of the ledger and the log of tools', async () => {
  const { callId, call, ring, lastWords, end } = knowing(madeUpOutboundCall);
  await ring();
  expect(await lastWords()).toBe('Na shledanou, Jana.');
  expect(asked.find((input) => input.callId === callId)).toMatchObject({
    functionCallId: 'contact',
    args: { phone: call.to },
    hidden: { arguments: ['phone'], answer: true },
  });
  await end();
  expect(ledgerOf(callId)).toContain('"pin":"•••"');
  expect(ledgerOf(callId)).not.toContain('4711');
});

it('begins without where the tool has not answered in time, and says so', async () => {
  const { callId, lastWords, end } = knowing(madeUpCall);
  const late = Promise.withResolvers<ToolResult>();
  results.set(callId, late.promise);
  expect(await lastWords()).toBe('Na shledanou, neznámý.');
  late.resolve(known);
  await end();
  expect(ledgerOf(callId)).toContain('nothing is known of the contact: the tool did not answer in time');
});

it.each([
  ['failed', { ...known, status: 'failed', data: undefined }, "the tool's answer: failed"],
  ['answers nonsense', { ...known, data: 'Jana' }, 'its answer is no object'],
] as const)('begins without where the tool %s', async (_what, result, why) => {
  const { callId, ring, lastWords, end } = knowing(madeUpOutboundCall);
  results.set(callId, result);
  await ring();
  expect(await lastWords()).toBe('Na shledanou, neznámý.');
  await end();
  expect(ledgerOf(callId)).toContain(why);
});
