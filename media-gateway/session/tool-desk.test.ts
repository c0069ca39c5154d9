import { describe, expect, it } from 'vitest';
import type { JsonObject, ToolResult } from '../../contracts/tools.ts';
import type { CallLine } from './session-deps.ts';
import { callerSays, greeted, speech, startTestCall } from './session-fixture.ts';

const sent: ToolResult = { status: 'ok', data: 'sent', retryable: false, hint: '', attempts: 1, latencyMs: 1 };

/** A call whose tool takes until it is told to be done. */
function callWithOpenTool() {
  const { promise, resolve } = Promise.withResolvers<ToolResult>();
  return { call: startTestCall({ line: { runTool: () => promise } }), finishTool: () => resolve(sent) };
}

describe('tools', () => {
  it('run once however often the same call comes, and every call gets the result', async () => {
    const runs: string[] = [];
    const call = startTestCall({
      line: {
        runTool: async ({ functionCallId }) => {
          runs.push(functionCallId);
          return sent;
        },
      },
    });
    await greeted(call);
    const args = { order_number: '4711' };
    for (const id of ['f1', 'f2']) call.live().emit({ type: 'toolCall', calls: [{ id, name: 'order_status', args }] });
    await call.pass(40);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f3', name: 'order_status', args }] });
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f4', name: 'order_status', args: { order_number: '4712' } }] });
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f5', name: 'nonsense', args }] });
    await call.pass(40);
    expect(runs).toEqual(['f1', 'f4']);
    expect(call.live().results.map(({ id, response }) => [id, response['status']])).toEqual([
      ['f1', 'ok'],
      ['f2', 'ok'],
      ['f3', 'ok'],
      ['f5', 'failed'],
      ['f4', 'ok'],
    ]);
  });

  it('that took long are not run again when the same call comes after their end, its arguments in another order', async () => {
    const runs: string[] = [];
    let finishTool: () => void = () => {};
    const runTool: CallLine['runTool'] = ({ functionCallId }) => {
      runs.push(functionCallId);
      return new Promise<ToolResult>((resolve) => {
        finishTool = () => resolve(sent);
      });
    };
    const call = startTestCall({ line: { runTool } });
    await greeted(call);
    const ask = (id: string, args: JsonObject): void =>
      call.live().emit({ type: 'toolCall', calls: [{ id, name: 'order_status', args }] });
    ask('f1', { order: '4711', shop: { town: 'Beroun', no: 2 } });
    ask('f1', { order: '4711', shop: { town: 'Beroun', no: 2 } });
    await call.pass(6000);
    finishTool();
    await call.pass(1000);
    ask('f2', { shop: { no: 2, town: 'Beroun' }, order: '4711' });
    await call.pass(40);
    expect(runs).toEqual(['f1']);
    expect(call.live().results.map(({ id }) => id)).toEqual(['f1', 'f2']);
    await call.pass(6000);
    ask('f3', { order: '4711', shop: { town: 'Beroun', no: 2 } });
    expect(runs).toEqual(['f1', 'f3']);
  });

  it('that were cancelled run to their end, and the model is not told', async () => {
    const { call, finishTool } = callWithOpenTool();
    await greeted(call);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'order_status', args: {} }] });
    await call.pass(40);
    call.live().emit({ type: 'toolCallCancelled', ids: ['f1'] });
    finishTool();
    await call.pass(500);
    expect(call.live().results).toEqual([]);
    expect(call.live().texts).toHaveLength(1);
  });

  it('are eight at most', async () => {
    const call = startTestCall({ line: { runTool: () => new Promise(() => {}) } });
    await greeted(call);
    for (let i = 0; i < 9; i++) {
      call
        .live()
        .emit({ type: 'toolCall', calls: [{ id: `f${i}`, name: 'order_status', args: { order_number: String(i) } }] });
    }
    expect(call.live().results).toMatchObject([{ id: 'f8', response: { status: 'failed', error: 'too-many-calls' } }]);
  });
});

describe('a tool that takes its time', () => {
  it('is bridged by a recorded phrase, and the model is told to go on without waiting', async () => {
    const { call, finishTool } = callWithOpenTool();
    await greeted(call);
    await callerSays(call, 'Kde je moje objednávka?');
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'order_status', args: {} }] });
    const { playedMs } = call.carrier;
    await call.pass(1900);
    expect(call.carrier.playedMs).toBe(playedMs);
    await call.pass(3000);
    expect(call.carrier.playedMs).toBeCloseTo(playedMs + 2383.5);
    await call.pass(3500);
    expect(call.live().results).toMatchObject([{ id: 'f1', response: { status: 'running' } }]);
    call.live().emit(speech(500));
    call.live().emit({ type: 'turnComplete' });
    await call.pass(1000);
    finishTool();
    await call.pass(40);
    expect(call.live().results).toHaveLength(1);
    expect(call.live().texts.at(-1)).toMatch(/order_status has ended.*"data":"sent"/);
  });

  it('has its result told again when the session was lost before the model reacted', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Kde je moje objednávka?');
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'order_status', args: {} }] });
    await call.pass(40);
    expect(call.live().results).toHaveLength(1);
    call.live().emit({ type: 'closed', code: 1011, reason: '' });
    await call.pass(100);
    expect(call.live().texts[0]).toMatch(/order_status has ended.*"state":"sent"/);
  });
});
