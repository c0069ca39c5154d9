import { describe, expect, it } from 'vitest';
import { AppError } from '../../contracts/errors.ts';
import type { ToolResult } from '../../contracts/tools.ts';
import { assistant, FakeModel, speech, startTestCall, type TestCall } from './session-fixture.ts';

async function greeted(call: TestCall): Promise<void> {
  await call.pass(40);
  const model = call.live();
  model.emit(speech(1000));
  model.emit({ type: 'assistantTranscript', text: 'Dobrý den, tady Linka.' });
  model.emit({ type: 'generationComplete' });
  await call.pass(1100);
  model.emit({ type: 'turnComplete' });
}

async function callerSays(call: TestCall, text: string, ms = 800): Promise<void> {
  await call.pass(ms, 'speaking');
  await call.pass(420);
  call.live().emit({ type: 'callerTranscript', text });
}

describe('a conversation', () => {
  it('greets first, hears the caller out and keeps what was said with times and latency', async () => {
    const call = startTestCall();
    await greeted(call);
    expect(call.live().texts[0]).toContain('Dobrý den, tady Linka.');
    await callerSays(call, 'Kde je moje objednávka?');
    call.live().emit(speech(600));
    call.live().emit({ type: 'assistantTranscript', text: 'Podívám se.' });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(1000);
    const [greeting, question, answer] = [...call.turns.values()];
    expect(greeting).toMatchObject({
      seq: 1,
      speaker: 'assistant',
      startMs: 540,
      heardText: 'Dobrý den, tady Linka.',
      interrupted: false,
    });
    expect(greeting?.latencyMs).toBeUndefined();
    expect(greeting?.endMs).toBe(1540);
    expect(question).toMatchObject({ seq: 2, speaker: 'caller', text: 'Kde je moje objednávka?', textMissing: false });
    expect((question?.endMs ?? 0) - (question?.startMs ?? 0)).toBe(820);
    expect(answer).toMatchObject({ seq: 3, speaker: 'assistant', latencyMs: 400, heardText: 'Podívám se.' });
  });

  it('lets the model hear the caller from just before his turn to its end, gaps as silence', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(600);
    await call.pass(500, 'speaking');
    await call.pass(200, 'absent');
    await call.pass(1000);
    const [start, end] = call.live().activity;
    expect(start).toEqual({ edge: 'start', heardMs: 0 });
    expect(end?.edge).toBe('end');
    // 200 ms before, the speech, and the silence that ends a turn of the profile.
    expect(end?.heardMs).toBeGreaterThan(1080);
    expect(end?.heardMs).toBeLessThanOrEqual(1140);
    await call.pass(1000);
    expect(Math.round(call.live().heardMs)).toBe(end?.heardMs);
  });

  it('sends a model that finds the turns itself every millisecond, gaps as silence', async () => {
    const model = new FakeModel();
    model.findsTurns = true;
    const call = startTestCall({ model });
    await call.pass(1000);
    call.live().emit(speech(100));
    await call.pass(2000, 'absent');
    await call.pass(1000);
    expect(call.live().heardMs).toBeGreaterThan(3950);
    expect(call.live().heardMs).toBeLessThanOrEqual(4000);
  });

  it('keeps two seconds of a caller who speaks before the model is there', async () => {
    const model = new FakeModel();
    let open: () => void = () => {};
    model.gate = new Promise((resolve) => {
      open = resolve;
    });
    const call = startTestCall({ model });
    await call.pass(4000, 'speaking');
    open();
    await call.pass(20);
    expect(call.live().heardMs).toBeGreaterThan(1950);
    expect(call.live().heardMs).toBeLessThanOrEqual(2020);
  });

  it('stores a turn whose text never came, marked as missing', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(800, 'speaking');
    await call.pass(600);
    expect([...call.turns.values()].at(-1)).toMatchObject({ speaker: 'caller', text: '', textMissing: true });
  });

  it('gives the model digits as one text once the caller pauses', async () => {
    const call = startTestCall();
    await greeted(call);
    call.session.digit('1');
    await call.pass(300);
    call.session.digit('#');
    await call.pass(1400);
    expect(call.live().texts.at(-1)).toBe('[The caller pressed 1 #]');
  });
});

describe('an interruption', () => {
  const sentence = 'Vaše objednávka je na cestě a dorazí zítra mezi osmou a dvanáctou hodinou.';

  async function interrupted(call: TestCall): Promise<void> {
    await greeted(call);
    await callerSays(call, 'Kde je?');
    call.live().emit(speech(5000));
    call.live().emit({ type: 'assistantTranscript', text: sentence });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(2000);
    await call.pass(700, 'speaking');
    call.live().emit({ type: 'interrupted' });
  }

  it('clears at once, drops the rest of the answer and keeps what was heard of it', async () => {
    const call = startTestCall();
    await interrupted(call);
    expect(call.carrier.clears).toBe(1);
    call.live().emit(speech(1000));
    call.live().emit({ type: 'turnComplete' });
    const playedMs = call.carrier.playedMs;
    await call.pass(500);
    expect(call.carrier.playedMs).toBe(playedMs);
    const answer = [...call.turns.values()].find(({ text }) => text === sentence);
    expect(answer).toMatchObject({ interrupted: true, heardText: 'Vaše objednávka je na cestě a' });
    expect((answer?.endMs ?? 0) - (answer?.startMs ?? 0)).toBe(2060);
  });

  it('plays the next answer from its beginning, also if the model forgot to end its turn', async () => {
    const call = startTestCall();
    await interrupted(call);
    await call.pass(1200);
    const playedMs = call.carrier.playedMs;
    call.live().emit(speech(600));
    call.live().emit({ type: 'assistantTranscript', text: 'Ano?' });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(700);
    expect(Math.round(call.carrier.playedMs - playedMs)).toBe(600);
    expect([...call.turns.values()].at(-1)).toMatchObject({ text: 'Ano?', interrupted: false });
  });

  it('changes nothing for an assistant that may not be interrupted', async () => {
    const call = startTestCall({
      assistant: { voice: { voiceId: 'Kore', modelVoice: 'Kore', bargeIn: false, bargeInGreeting: false } },
    });
    await interrupted(call);
    expect(call.live().config.bargeIn).toBe(false);
    expect(call.carrier.clears).toBe(0);
    call.live().emit({ type: 'turnComplete' });
    await call.pass(3000);
    expect([...call.turns.values()].find(({ text }) => text === sentence)).toMatchObject({
      interrupted: false,
      heardText: sentence,
    });
  });

  it('is none when the caller only says yes: the assistant goes on from what was heard', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Kde je?');
    call.live().emit(speech(3000));
    call.live().emit({ type: 'assistantTranscript', text: sentence });
    call.live().emit({ type: 'generationComplete' });
    await call.pass(1000);
    const turns = call.turns.size;
    await call.pass(300, 'speaking');
    expect(call.carrier.clears).toBe(1);
    await call.pass(4000);
    call.live().emit({ type: 'turnComplete' });
    await call.pass(40);
    expect(call.live().activity).toHaveLength(2);
    expect(call.turns.size).toBe(turns);
    const answer = [...call.turns.values()].find(({ text }) => text === sentence);
    expect(answer).toMatchObject({ interrupted: false, heardText: sentence });
    expect(call.live().texts).toHaveLength(1);
  });

  it('is one when the caller says yes twice within two seconds', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Kde je?');
    call.live().emit(speech(6000));
    await call.pass(1000);
    await call.pass(300, 'speaking');
    await call.pass(1000);
    await call.pass(300, 'speaking');
    await call.pass(500);
    expect(call.live().activity.map(({ edge }) => edge)).toEqual(['start', 'end', 'start', 'end']);
    expect([...call.turns.values()].filter(({ speaker }) => speaker === 'caller')).toHaveLength(2);
  });

  it('changes nothing of what had arrived when the model stops although nobody had spoken', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Kde je?');
    const { playedMs } = call.carrier;
    call.live().emit(speech(2000));
    await call.pass(300);
    call.live().emit({ type: 'interrupted' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(2000);
    expect(call.carrier.clears).toBe(0);
    expect(Math.round(call.carrier.playedMs - playedMs)).toBe(2000);
  });

  it('comes from the model where that finds the turns', async () => {
    const model = new FakeModel();
    model.findsTurns = true;
    const call = startTestCall({ model });
    await greeted(call);
    call.live().emit(speech(5000));
    await call.pass(1000);
    await call.pass(300, 'speaking');
    expect(call.carrier.clears).toBe(0);
    call.live().emit({ type: 'interrupted' });
    expect(call.carrier.clears).toBe(1);
    expect(call.live().activity).toEqual([]);
  });

  it('leaves the greeting alone unless the assistant says otherwise', async () => {
    const call = startTestCall({
      assistant: { voice: { voiceId: 'Kore', modelVoice: 'Kore', bargeIn: true, bargeInGreeting: false } },
    });
    await call.pass(40);
    call.live().emit(speech(2000));
    await call.pass(300, 'speaking');
    call.live().emit({ type: 'interrupted' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(2000);
    expect(call.carrier.clears).toBe(0);
    expect(call.carrier.playedMs).toBe(2000);
  });
});

describe('the end', () => {
  it('hangs up only after the last words were heard', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Na shledanou.');
    call.live().emit(speech(2000));
    call.live().emit({ type: 'assistantTranscript', text: 'Na shledanou.' });
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'end_call', args: {} }] });
    await call.pass(1900);
    expect(call.carrier.closed).toBe(false);
    await call.pass(900);
    await call.ended;
    expect(call.told).toEqual([{ outcome: 'ended', lastSeq: 3 }]);
    expect(call.carrier.closed).toBe(true);
    expect(call.live().stopped).toBe(true);
    expect([...call.turns.values()].at(-1)).toMatchObject({ heardText: 'Na shledanou.' });
  });

  it('asks for a goodbye where none was said', async () => {
    const call = startTestCall();
    await greeted(call);
    await callerSays(call, 'Na shledanou.');
    await call.pass(2500);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'end_call', args: {} }] });
    expect(call.live().results).toMatchObject([{ id: 'f1', response: { status: 'ok' } }]);
    await call.pass(1000);
    expect(call.told).toEqual([]);
    call.live().emit(speech(500));
    await call.pass(1200);
    expect(call.told).toMatchObject([{ outcome: 'ended' }]);
  });

  it('stays when the caller speaks into the goodbye', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit(speech(2000));
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'end_call', args: {} }] });
    await call.pass(700, 'speaking');
    call.live().emit({ type: 'interrupted' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(9000);
    expect(call.told).toEqual([]);
    expect(call.model.sessions[0]?.results).toMatchObject([{ id: 'f1', response: { status: 'cancelled' } }]);
  });

  it('leaves with an outcome of the assistant and refuses one that it does not have', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'leave_node', args: { outcome: 'nonsense' } }] });
    expect(call.live().results).toMatchObject([{ id: 'f1', response: { status: 'failed' } }]);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f2', name: 'leave_node', args: { outcome: 'sales' } }] });
    await call.pass(600);
    expect(call.told).toMatchObject([{ outcome: 'sales' }]);
  });

  it('falls silent and leaves when the caller says an escalation keyword in any form', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit(speech(3000));
    await call.pass(500);
    call.live().emit({ type: 'callerTranscript', text: 'Chci podat ' });
    call.live().emit({ type: 'callerTranscript', text: 'STIZNOSTI ' });
    expect(call.carrier.clears).toBe(1);
    await call.pass(200);
    call.live().emit({ type: 'callerTranscript', text: 'na vás.' });
    call.live().emit(speech(500));
    const { playedMs } = call.carrier;
    await call.pass(600);
    expect(call.carrier.playedMs).toBe(playedMs);
    expect(call.told).toMatchObject([{ outcome: 'escalation' }]);
    expect([...call.turns.values()].find(({ speaker }) => speaker === 'caller')?.text).toBe(
      'Chci podat STIZNOSTI na vás.',
    );
  });

  it('asks a silent caller whether he is there, and leaves when he stays silent', async () => {
    const call = startTestCall({ assistant: { silence: { remindAfterMs: 3000, reminders: 1 } } });
    await greeted(call);
    await call.pass(3100);
    expect(call.live().texts.at(-1)).toContain('still there');
    call.live().emit(speech(500));
    call.live().emit({ type: 'turnComplete' });
    await call.pass(3600);
    expect(call.live().texts.at(-1)).toContain('Say goodbye');
    expect(call.told).toEqual([]);
    call.live().emit(speech(500));
    call.live().emit({ type: 'turnComplete' });
    await call.pass(1200);
    expect(call.told).toMatchObject([{ outcome: 'silence' }]);
  });

  it('stays with a caller who speaks after all', async () => {
    const call = startTestCall({ assistant: { silence: { remindAfterMs: 3000, reminders: 0 } } });
    await greeted(call);
    await call.pass(3100);
    expect(call.live().texts.at(-1)).toContain('Say goodbye');
    await call.pass(300, 'speaking');
    await call.pass(500);
    call.live().emit(speech(500));
    call.live().emit({ type: 'turnComplete' });
    await call.pass(2000);
    expect(call.told).toEqual([]);
  });

  it('is announced before the time is up', async () => {
    const call = startTestCall({ assistant: { maxDurationMs: 9000 } });
    await greeted(call);
    await call.pass(4800);
    expect(call.live().texts).toHaveLength(1);
    await call.pass(200);
    expect(call.live().texts.at(-1)).toContain('must end in 3 seconds');
  });

  it('ends at its time limit', async () => {
    const call = startTestCall({ assistant: { maxDurationMs: 3000 } });
    await greeted(call);
    await call.pass(2000);
    expect(call.told).toMatchObject([{ outcome: 'timeLimit' }]);
  });

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
    drained.session.drain(8000);
    await drained.pass(500);
    expect(drained.carrier.closed).toBe(false);
    await drained.pass(600);
    await drained.ended;
    expect(drained.carrier.closed).toBe(true);
    expect([...lost.told, ...lost.stored, ...drained.told, ...drained.stored]).toEqual([]);
    expect({ lost: lost.handovers, drained: drained.handovers }).toEqual({ lost: [], drained: [2] });
  });

  it('is cut without a handover where no pause comes in time', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit(speech(5000));
    await call.pass(100);
    call.session.drain(500);
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

describe('tools', () => {
  it('run once however often the same call comes, and every call gets the result', async () => {
    const runs: string[] = [];
    const result = { status: 'ok', data: 'sent', retryable: false, hint: '', attempts: 1, latencyMs: 1 } as const;
    const call = startTestCall({
      line: {
        runTool: async ({ functionCallId }) => {
          runs.push(functionCallId);
          return result;
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

  it('are eight at most, and a cancelled one is not answered', async () => {
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

describe('a model that owes an answer', () => {
  const question = async (call: TestCall): Promise<void> => {
    await greeted(call);
    await callerSays(call, 'Kde je moje objednávka?');
  };

  it('is reminded, and nothing else happens once it speaks', async () => {
    const call = startTestCall();
    await question(call);
    const { texts } = call.live();
    await call.pass(1400);
    expect(texts).toHaveLength(1);
    await call.pass(400);
    expect(texts[1]).toContain('waits for your answer');
    call.live().emit(speech(600));
    call.live().emit({ type: 'turnComplete' });
    await call.pass(9000);
    expect(texts).toHaveLength(2);
    expect(call.model.sessions).toHaveLength(1);
  });

  it('is reminded at once when it ended its turn without a sound', async () => {
    const call = startTestCall();
    await question(call);
    call.live().emit({ type: 'turnComplete' });
    await call.pass(40);
    expect(call.live().texts[1]).toContain('waits for your answer');
  });

  it('is reminded of a turn only when it has been given it', async () => {
    const voice = { ...assistant.voice, bargeInGreeting: false };
    const call = startTestCall({ assistant: { voice } });
    await call.pass(40);
    const { texts, activity } = call.live();
    call.live().emit(speech(5000));
    call.live().emit({ type: 'generationComplete' });
    await call.pass(500);
    await call.pass(900, 'speaking');
    await call.pass(4000);
    expect(activity.map(({ edge }) => edge)).toEqual(['start', 'end']);
    expect(texts).toHaveLength(1);
    await call.pass(1900);
    expect(texts[1]).toContain('waits for your answer');
  });

  it('is told how much of a cut answer was heard', async () => {
    const call = startTestCall();
    await question(call);
    call.live().emit(speech(6000));
    await call.pass(1000);
    await call.pass(900, 'speaking');
    const [heardMs] = call.live().cuts;
    expect(call.live().cuts).toHaveLength(1);
    expect(heardMs).toBeGreaterThan(800);
    expect(heardMs).toBeLessThan(1700);
  });

  it('is replaced by itself, then by the next of the list, and then the caller is told and led on', async () => {
    const call = startTestCall({ assistant: { model: { ...assistant.model, fallbackModelIds: ['other-live'] } } });
    await question(call);
    call.live().emit({ type: 'resumption', handle: 'h1', resumable: true });
    await call.pass(3200);
    expect(call.model.sessions.map(({ config }) => [config.modelId, config.resumptionHandle])).toEqual([
      ['fake-live', undefined],
      ['fake-live', 'h1'],
    ]);
    expect(call.live().texts[0]).toContain('Kde je moje objednávka?');
    await call.pass(3200);
    expect(call.live().config).toMatchObject({ modelId: 'other-live' });
    expect(call.live().config.seed?.at(-1)?.speaker).toBe('assistant');
    await call.pass(6500);
    await call.ended;
    expect(call.told).toMatchObject([{ outcome: 'failed' }]);
    const said = [...call.turns.values()].filter(({ speaker }) => speaker === 'assistant').map(({ text }) => text);
    expect(said).toEqual([
      'Dobrý den, tady Linka.',
      'Okamžik prosím, podívám se do systému.',
      'Okamžik prosím, podívám se do systému.',
      'Omlouvám se, na chvíli jsme se neslyšeli.',
    ]);
  });

  it('goes on with an answer that was cut although nobody had spoken', async () => {
    const call = startTestCall();
    await question(call);
    call.live().emit(speech(3000));
    await call.pass(500);
    call.live().emit({ type: 'interrupted' });
    call.live().emit({ type: 'turnComplete' });
    await call.pass(1100);
    expect(call.live().texts[1]).toContain('go on');
  });
});

describe('a tool that takes its time', () => {
  it('is bridged by a recorded phrase, and the model is told to go on without waiting', async () => {
    let finishTool: () => void = () => {};
    const runTool = () =>
      new Promise<ToolResult>((resolve) => {
        finishTool = () =>
          resolve({ status: 'ok', data: 'sent', retryable: false, hint: '', attempts: 1, latencyMs: 1 });
      });
    const call = startTestCall({ line: { runTool } });
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
      line: { readMemory: async () => ({ handle: 'h9', turns }) },
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
      line: { readMemory: async () => ({ handle: 'h9', turns }) },
    });
    await call.pass(40);
    expect(call.live().config.resumptionHandle).toBeUndefined();
    expect(call.live().config.seed).toEqual([{ speaker: 'caller', text: 'Chci koupit.' }]);
    expect(call.live().texts[0]).toContain('another assistant');
  });
});
