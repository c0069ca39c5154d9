import { describe, expect, it } from 'vitest';
import { AppError } from '../../contracts/errors.ts';
import { FakeModel } from './fake-model.ts';
import { callerSays, greeted, speech, startTestCall } from './session-fixture.ts';

describe('a model that is lost', () => {
  it('is opened again by its handle, goes on where it owes something, and gets results that came meanwhile', async () => {
    let finishTool: () => void = () => {};
    const call = startTestCall({
      line: {
        runTool: () =>
          new Promise((resolve) => {
            finishTool = () => resolve({ status: 'ok', retryable: false, hint: '', attempts: 1, latencyMs: 1 });
          }),
      },
    });
    await greeted(call);
    call.live().emit({ type: 'resumption', handle: 'h1', resumable: true });
    call.live().emit({ type: 'resumption', handle: '', resumable: false });
    await callerSays(call, 'Kde je objednávka?');
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'order_status', args: {} }] });
    let open: () => void = () => {};
    call.model.gate = new Promise((resolve) => {
      open = resolve;
    });
    call.live().emit({ type: 'closed', code: 1011, reason: 'Internal error encountered.' });
    await call.pass(100);
    finishTool();
    await call.pass(100);
    open();
    await call.pass(40);
    expect(call.handles).toEqual(['h1']);
    expect(call.model.sessions).toHaveLength(2);
    expect(call.live().config.resumptionHandle).toBe('h1');
    const [line, ...more] = call.live().texts;
    expect(line).toContain('Omlouvám se, na chvíli jsme se neslyšeli.');
    expect(line).toContain('Kde je objednávka?');
    // The session that asked is gone: its successor takes no result of a call that it did not make.
    expect(line).toMatch(/order_status has ended.*"status":"ok"/);
    expect(more).toEqual([]);
    expect(call.live().results).toEqual([]);
  });

  it('is closed before its successor opens', async () => {
    const closing = Promise.withResolvers<void>();
    class SlowlyClosed extends FakeModel {
      override async stopSession(sessionId: string): Promise<void> {
        await super.stopSession(sessionId);
        await closing.promise;
      }
    }
    const call = startTestCall({ model: new SlowlyClosed() });
    await greeted(call);
    call.live().emit({ type: 'resumption', handle: 'h1', resumable: true });
    call.live().emit({ type: 'goAway', timeLeftMs: 20_000 });
    await call.pass(1000);
    expect(call.model.sessions).toHaveLength(1);
    expect(call.live().stopped).toBe(true);
    closing.resolve();
    await call.pass(40);
    expect(call.live().config.resumptionHandle).toBe('h1');
  });

  it('gives way before its time is up although nobody pauses', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit({ type: 'goAway', timeLeftMs: 12_000 });
    call.live().emit(speech(20_000));
    await call.pass(6900);
    expect(call.model.sessions).toHaveLength(1);
    await call.pass(200);
    expect(call.model.sessions).toHaveLength(2);
  });

  it('leaves a result that came before its first word to its successor, behind the greeting', async () => {
    const call = startTestCall();
    await call.pass(40);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'order_status', args: {} }] });
    await call.pass(40);
    call.live().emit({ type: 'closed', code: 1011, reason: '' });
    await call.pass(100);
    expect(call.live().texts).toEqual([
      expect.stringContaining('Dobrý den, tady Linka.'),
      expect.stringMatching(/order_status has ended.*"state":"sent"/),
    ]);
  });

  it('is told what was said where its handle is refused', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit({ type: 'resumption', handle: 'h1', resumable: true });
    call.model.refusals.push(new AppError('model-refused', 'handle expired'));
    call.live().emit({ type: 'closed', code: 1006, reason: '' });
    await call.pass(40);
    expect(call.live().config).toMatchObject({ seed: [{ speaker: 'assistant', text: 'Dobrý den, tady Linka.' }] });
    expect(call.live().texts).toEqual([]);
  });

  it('ends the call with its own outcome when nothing helps', async () => {
    const model = new FakeModel();
    model.refusals.push(...Array.from({ length: 9 }, () => new AppError('model-unavailable', 'away')));
    const call = startTestCall({ model });
    await call.pass(4000);
    await call.ended;
    expect(call.told).toEqual([{ outcome: 'failed', lastSeq: 1 }]);
    expect(call.turns.get(1)).toMatchObject({ heardText: 'Omlouvám se, na chvíli jsme se neslyšeli.' });
  });

  it('ends the call when it is lost again and again', async () => {
    const call = startTestCall();
    await greeted(call);
    for (let i = 0; i < 4; i++) {
      call.live().emit({ type: 'closed', code: 1011, reason: '' });
      await call.pass(1000);
    }
    await call.pass(3000);
    expect(call.told).toMatchObject([{ outcome: 'failed' }]);
  });

  it('rolls over between turns when it says that it will go', async () => {
    const call = startTestCall();
    await greeted(call);
    const before = call.live();
    before.emit({ type: 'resumption', handle: 'h2', resumable: true });
    before.emit(speech(2000));
    before.emit({ type: 'goAway', timeLeftMs: 50_000 });
    await call.pass(1000);
    expect(call.model.sessions).toHaveLength(1);
    before.emit({ type: 'generationComplete' });
    before.emit({ type: 'turnComplete' });
    await call.pass(1500);
    expect(before.stopped).toBe(true);
    expect(call.live().config.resumptionHandle).toBe('h2');
    expect(call.live().texts).toEqual([]);
    before.emit(speech(1000));
    const { playedMs } = call.carrier;
    await call.pass(500);
    expect(call.carrier.playedMs).toBe(playedMs);
  });
});

describe('a connection that grows old', () => {
  it('is replaced a minute before its end, once nobody speaks', async () => {
    const model = new FakeModel();
    model.lifetimeMs = 64_000;
    const call = startTestCall({ model });
    await greeted(call);
    call.live().emit({ type: 'resumption', handle: 'h3', resumable: true });
    call.live().emit(speech(4000));
    await call.pass(3500);
    expect(model.sessions).toHaveLength(1);
    call.live().emit({ type: 'generationComplete' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(1000);
    expect(model.sessions).toHaveLength(2);
    expect(call.live().config.resumptionHandle).toBe('h3');
  });
});

describe('a turn of the caller over which a model is lost', () => {
  /** What the model that follows was signalled. */
  async function lostWithin(code: number, loseAt: 'mid-turn' | 'turn-end') {
    const call = startTestCall();
    await greeted(call);
    call.live().emit({ type: 'resumption', handle: 'h1', resumable: true });
    await call.pass(1000, 'speaking');
    if (loseAt === 'turn-end') await call.pass(600);
    const { heardMs } = call.live();
    call.live().emit({ type: 'closed', code, reason: '' });
    if (loseAt === 'mid-turn') await call.pass(600, 'speaking');
    await call.pass(1000);
    return { call, heardMs };
  }

  it.each(['mid-turn', 'turn-end'] as const)('is heard by the next one from its beginning (%s)', async (loseAt) => {
    const { call, heardMs } = await lostWithin(1006, loseAt);
    expect(call.model.sessions).toHaveLength(2);
    expect(call.live().activity.map(({ edge }) => edge)).toEqual(['start', 'end']);
    expect(call.live().activity[0]?.heardMs).toBe(0);
    expect(call.live().heardMs).toBeGreaterThanOrEqual(heardMs + (loseAt === 'mid-turn' ? 600 : 0));
    expect(call.live().texts).toEqual([]);
    call.live().emit({ type: 'callerTranscript', text: 'Kde je objednávka?' });
    call.live().emit(speech(1000));
    call.live().emit({ type: 'generationComplete' });
    await call.pass(1500);
    call.live().emit({ type: 'closed', code: 1006, reason: '' });
    await call.pass(500);
    expect(call.live().heardMs).toBe(0);
    expect([...call.turns.values()].find(({ speaker }) => speaker === 'caller')?.text).toBe('Kde je objednávka?');
  });

  it('is written down once, whatever its first model had written of it', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(1000, 'speaking');
    call.live().emit({ type: 'callerTranscript', text: 'Kde je' });
    call.live().emit({ type: 'closed', code: 1011, reason: '' });
    await call.pass(1000);
    call.live().emit({ type: 'callerTranscript', text: 'Kde je objednávka?' });
    await call.pass(1000);
    expect([...call.turns.values()].find(({ speaker }) => speaker === 'caller')?.text).toBe('Kde je objednávka?');
  });

  it('is not repeated where the model refused what it heard', async () => {
    const { call } = await lostWithin(1007, 'turn-end');
    expect(call.live().heardMs).toBe(0);
    expect(call.live().texts).toHaveLength(1);
  });
});
