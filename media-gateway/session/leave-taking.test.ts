import { describe, expect, it } from 'vitest';
import type { AssistantVersion } from '../../contracts/assistant.ts';
import { callerSays, greeted, speech, startTestCall } from './session-fixture.ts';

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

  it('waits for what the model still says a moment later', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit(speech(400));
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'end_call', args: {} }] });
    await call.pass(460);
    expect(call.told).toEqual([]);
    call.live().emit(speech(400));
    await call.pass(440);
    expect(call.told).toEqual([]);
    await call.pass(300);
    expect(call.told).toMatchObject([{ outcome: 'ended' }]);
  });

  it('does not come where the model takes its call back', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit(speech(400));
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'end_call', args: {} }] });
    await call.pass(100);
    call.live().emit({ type: 'toolCallCancelled', ids: ['f1'] });
    await call.pass(3000);
    expect(call.told).toEqual([]);
  });

  it('by command hears the caller out, however long its own time is over', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(400, 'speaking');
    call.session.command({ commandId: 'c1', type: 'leave', outcome: 'voicemail' });
    for (let n = 0; n < 4; n++) {
      await call.pass(800, 'speaking');
      await call.pass(200);
    }
    expect(call.live().activity.map(({ edge }) => edge)).toEqual(['start']);
    expect(call.told).toEqual([]);
    await call.pass(1500);
    expect(call.told).toMatchObject([{ outcome: 'voicemail' }]);
  });

  it('by a keyword waits for the rest of the sentence, but not for ever', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(800, 'speaking');
    await call.pass(420);
    call.live().emit({ type: 'callerTranscript', text: 'Podám stížnost' });
    for (let n = 0; n < 4; n++) {
      await call.pass(300);
      call.live().emit({ type: 'callerTranscript', text: ' a' });
    }
    expect(call.told).toEqual([]);
    await call.pass(400);
    expect(call.told).toMatchObject([{ outcome: 'escalation' }]);
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

  it.each(['by the model', 'by nobody but us'])(
    'goes the way that was chosen when the caller speaks into the last words, noticed %s, and hears him out',
    async (noticed) => {
      const call = startTestCall();
      await greeted(call);
      call.live().emit(speech(2000));
      call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'leave_node', args: { outcome: 'sales' } }] });
      await call.pass(700, 'speaking');
      if (noticed === 'by the model') {
        call.live().emit({ type: 'interrupted' });
        call.live().emit({ type: 'toolCallCancelled', ids: ['f1'] });
        call.live().emit({ type: 'turnComplete' });
      }
      await call.pass(1500, 'speaking');
      expect(call.told).toEqual([]);
      call.live().emit({ type: 'callerTranscript', text: 'Počkejte.' });
      call.live().emit(speech(1000));
      const { playedMs } = call.carrier;
      await call.pass(2500);
      expect(call.told).toMatchObject([{ outcome: 'sales' }]);
      expect(call.carrier.playedMs).toBe(playedMs);
    },
  );

  it('leaves with an outcome of the assistant and refuses one that it does not have', async () => {
    const call = startTestCall();
    await greeted(call);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'leave_node', args: { outcome: 'nonsense' } }] });
    expect(call.live().results).toMatchObject([{ id: 'f1', response: { status: 'failed' } }]);
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f2', name: 'leave_node', args: { outcome: 'sales' } }] });
    await call.pass(600);
    expect(call.told).toMatchObject([{ outcome: 'sales' }]);
  });

  it('gives what it has learnt with the outcome, where its node wants to know', async () => {
    const facts = [
      { name: 'city', value: 'Praha' },
      { name: 'floors', value: 3 },
      { name: 'no name', value: 'x' },
      { name: 'nothing' },
      'nonsense',
      { name: 'long', value: 'y'.repeat(2_000) },
    ];
    const leaving = async (assistant: Partial<AssistantVersion>, args: object) => {
      const call = startTestCall({ assistant });
      await greeted(call);
      call
        .live()
        .emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'leave_node', args: { outcome: 'sales', ...args } }] });
      await call.pass(600);
      return call.told;
    };
    expect(await leaving({ returnsFacts: true }, { facts })).toMatchObject([
      { outcome: 'sales', data: { city: 'Praha', floors: '3', long: 'y'.repeat(500) } },
    ]);
    expect(await leaving({ returnsFacts: true }, { facts: 'nonsense' })).toMatchObject([{ data: {} }]);
    expect((await leaving({}, { facts }))[0]).not.toHaveProperty('data');
  });

  it('tells what it has learnt also where the call does not answer at once, and stores none of it in the clear', async () => {
    const stored: object[] = [];
    const call = startTestCall({
      assistant: { returnsFacts: true },
      start: { visit: 1 },
      line: {
        askNext: async () => undefined,
        tellStopped: async () => false,
        storeOutcome: async (outcome) => void stored.push(outcome),
      },
    });
    await greeted(call);
    const args = { outcome: 'sales', facts: [{ name: 'pin', value: '4711' }] };
    call.live().emit({ type: 'toolCall', calls: [{ id: 'f1', name: 'leave_node', args }] });
    await call.pass(3_000);
    await call.ended;
    expect(stored).toEqual([{ outcome: 'sales', visit: 1 }]);
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

  it('hears the caller out where it is told to leave', async () => {
    const call = startTestCall();
    await greeted(call);
    await call.pass(400, 'speaking');
    call.session.command({ commandId: 'c1', type: 'leave', outcome: 'voicemail' });
    await call.pass(1500, 'speaking');
    expect(call.told).toEqual([]);
    await call.pass(1500);
    expect(call.told).toMatchObject([{ outcome: 'voicemail' }]);
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
});
