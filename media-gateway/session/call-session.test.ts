import { describe, expect, it } from 'vitest';
import type { HandoverReadiness } from '../../contracts/messages.ts';
import type { ToolResult } from '../../contracts/tools.ts';
import { greeted, speech, startTestCall } from './session-fixture.ts';

describe('the end of a session', () => {
  it('tells of a caller who hung up, with what he had heard', async () => {
    const call = startTestCall();
    await call.pass(40);
    call.live().emit(speech(3000));
    call.live().emit({ type: 'assistantTranscript', text: 'Dobrý den, tady linka obchodu, jak vám mohu pomoci?' });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(1500);
    call.session.callerGone();
    await call.ended;
    expect(call.told).toEqual([{ outcome: 'callerHungUp', lastSeq: 1 }]);
    expect(call.turns.get(1)).toMatchObject({ interrupted: true, heardText: 'Dobrý den, tady linka' });
  });

  it('stores the outcome where the call cannot be told', async () => {
    const call = startTestCall({ line: { tellStopped: async () => false } });
    await greeted(call);
    call.session.command({ commandId: 'c1', type: 'leave', outcome: 'sales' });
    await call.pass(600);
    await call.ended;
    expect(call.stored).toEqual(['sales']);
  });

  it('says nothing of an outcome when the stream is lost or the gateway drains', async () => {
    const lost = startTestCall();
    await greeted(lost);
    lost.session.streamLost(1006);
    await lost.ended;
    const drained = startTestCall();
    await greeted(drained);
    drained.live().emit(speech(1000));
    drained.live().emit({ type: 'generationComplete' });
    await drained.pass(100);
    void drained.session.drain(8000);
    await drained.pass(500);
    expect(drained.carrier.closed).toBe(false);
    await drained.pass(600);
    await drained.ended;
    expect(drained.carrier.closed).toBe(true);
    expect([...lost.told, ...lost.stored, ...drained.told, ...drained.stored]).toEqual([]);
    expect({ lost: lost.handovers, drained: drained.handovers.length }).toEqual({ lost: [], drained: 1 });
    expect(drained.handovers).toMatchObject([{ lastSeq: 2 }]);
  });

  it('is handed over before the caller can answer, or when he does not', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(1000);
    void call.session.drain(60_000);
    await call.pass(2000);
    expect(call.carrier.closed).toBe(false);
    await call.pass(1500);
    await call.ended;
    expect(call.handovers).toHaveLength(1);
  });

  it('is handed over while he may answer, where another gateway hears him meanwhile', async () => {
    const successor = { gatewayId: 'g2', mediaUrl: 'wss://media-two.test/media' };
    const asked: unknown[] = [];
    const answer = Promise.withResolvers<HandoverReadiness>();
    const prepareHandover = (whom: unknown): Promise<HandoverReadiness> => {
      asked.push(whom);
      return answer.promise;
    };
    const call = startTestCall({ line: { prepareHandover } });
    await greeted(call);
    void call.session.drain(60_000, successor);
    await call.pass(1000);
    expect([call.carrier.closed, asked]).toEqual([false, [successor]]);
    answer.resolve({ ready: true });
    await call.pass(200);
    await call.ended;
    const [{ atMs, heardUntilMs } = { atMs: 0, heardUntilMs: 0 }] = call.handovers;
    // Half a second before, and the call's clock is another half behind the one that counts.
    expect(heardUntilMs).toBe(atMs - 500 - 500);
  });

  it('has nobody hear him whom the assistant is taking leave of', async () => {
    const asked: unknown[] = [];
    const prepareHandover = async (whom: unknown): Promise<undefined> => void asked.push(whom);
    const call = startTestCall({ line: { prepareHandover } });
    await greeted(call);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'end_call', args: {} }] });
    call.live().emit(speech(600));
    await call.pass(100);
    void call.session.drain(60_000, { gatewayId: 'g2', mediaUrl: 'wss://media-two.test/media' });
    await call.pass(2000);
    await call.ended;
    expect([asked, call.handovers, call.told]).toMatchObject([[], [], [{ outcome: 'ended' }]]);
  });

  it('is not handed over while he speaks, nor before it is certain that he does not', async () => {
    const call = startTestCall({ line: { prepareHandover: async () => ({ ready: true }) } });
    await greeted(call);
    await call.pass(1000, 'speaking');
    void call.session.drain(60_000, { gatewayId: 'g2', mediaUrl: 'wss://media-two.test/media' });
    await call.pass(500, 'speaking');
    expect(call.carrier.closed).toBe(false);
    await call.pass(1000); // his turn has no answer yet
    expect(call.carrier.closed).toBe(false);
    call.live().emit(speech(600));
    call.live().emit({ type: 'generationComplete' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(1000);
    await call.ended;
    const [answered] = [...call.turns.values()].filter(({ speaker }) => speaker === 'assistant').slice(-1);
    expect(call.handovers[0]?.heardUntilMs).toBeGreaterThanOrEqual((answered?.endMs ?? Infinity) - 20);
  });

  it('waits for a running tool before it is handed over', async () => {
    const result = Promise.withResolvers<ToolResult>();
    const call = startTestCall({ line: { runTool: () => result.promise } });
    await greeted(call);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'order_status', args: {} }] });
    call.live().emit({ type: 'turnComplete' });
    void call.session.drain(60_000);
    await call.pass(1000);
    expect(call.carrier.closed).toBe(false);
    result.resolve({ status: 'ok', retryable: false, hint: '', attempts: 1, latencyMs: 900 });
    await call.pass(200);
    call.live().emit(speech(300));
    call.live().emit({ type: 'turnComplete' });
    await call.pass(1000);
    await call.ended;
    expect(call.handovers).toHaveLength(1);
  });

  it('is cut without a handover where no pause comes in time', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit(speech(5000));
    await call.pass(100);
    void call.session.drain(500);
    await call.pass(600);
    await call.ended;
    expect(call.handovers).toEqual([]);
  });

  it('goes on without a word after a handover, and with one after a death', async () => {
    const said = { epoch: 1, seq: 1, startMs: 0, endMs: 900, text: 'Dobrý den.', heardText: 'Dobrý den.' };
    const turns = [{ ...said, speaker: 'assistant' as const, textMissing: false, interrupted: false }];
    const line = { readMemory: async () => ({ turns }) };
    const quiet = startTestCall({
      line,
      start: { epoch: 2, resumed: true, unnoticed: true },
      assistant: { voice: { voiceId: 'Kore', modelVoice: 'Kore', bargeIn: true, bargeInGreeting: false } },
    });
    await quiet.pass(100);
    expect(quiet.live().texts).toEqual([]);
    await quiet.pass(1000, 'speaking');
    await quiet.pass(2000);
    expect([...quiet.turns.values()]).toMatchObject([{ speaker: 'caller' }]);
    const loud = startTestCall({ line, start: { epoch: 2, resumed: true } });
    await loud.pass(100);
    expect(loud.live().texts).toEqual([expect.stringContaining('Say first')]);
  });
});

describe('an exception', () => {
  it('ends its call without an outcome and closes the stream', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit(JSON.parse('{"type":"audio","audio":null}'));
    await call.ended;
    expect(call.carrier.closed).toBe(true);
    expect(call.told).toEqual([]);
  });
});

describe('a later epoch', () => {
  it('goes on by the handle, apologises once and keeps its own numbers', async () => {
    const turns = [
      {
        epoch: 1,
        seq: 1,
        speaker: 'caller',
        startMs: 0,
        endMs: 1,
        text: 'Haló',
        textMissing: false,
        heardText: 'Haló',
        interrupted: false,
      },
    ] as const;
    const call = startTestCall({
      start: { epoch: 2, resumed: true, clockMs: 60_000 },
      line: { readMemory: async () => ({ handle: { handle: 'h9' }, turns }) },
    });
    await call.pass(40);
    expect(call.live().config.resumptionHandle).toBe('h9');
    expect(call.live().texts[0]).toContain('neslyšeli');
    call.live().emit({ type: 'closed', code: 1006, reason: '' });
    await call.pass(80);
    expect(call.model.sessions).toHaveLength(2);
    expect(call.live().texts[0]).not.toContain('neslyšeli');
  });

  it('tells another assistant what was said, without the handle of the one before', async () => {
    const turns = [
      {
        epoch: 1,
        seq: 1,
        speaker: 'caller',
        startMs: 0,
        endMs: 1,
        text: 'Chci koupit.',
        textMissing: false,
        heardText: 'Chci koupit.',
        interrupted: false,
      },
    ] as const;
    const call = startTestCall({
      start: { epoch: 2, handedOver: true },
      line: { readMemory: async () => ({ handle: { handle: 'h9' }, turns }) },
    });
    await call.pass(40);
    expect(call.live().config.resumptionHandle).toBeUndefined();
    expect(call.live().config.seed).toEqual([{ speaker: 'caller', text: 'Chci koupit.' }]);
    expect(call.live().texts[0]).toContain('another assistant');
  });
});
