import { describe, expect, it } from 'vitest';
import { reportCall } from './call-report.ts';
import type { NetworkRecord } from './network-client.ts';
import type { StoredCall } from './stored-call.ts';
import { wordDifference, wordsOf } from './word-difference.ts';

const zeroEpochMs = 1_000_000;
const answer = 'Zboží můžete vrátit do čtrnácti dnů, stačí vyplnit formulář.';
const record: NetworkRecord = {
  callSid: 'CA1',
  status: 'completed',
  ended: true,
  zeroEpochMs,
  answeredAtMs: 500,
  endedAtMs: 7000,
  timeline: [],
  heard: [{ startMs: 1000, endMs: 4200, rms: 3000 }],
  said: [{ phraseId: 'stop', text: 'Počkejte, to mi stačí.', startMs: 4000, endMs: 6000 }],
  alerts: [],
  violations: [],
  faults: [],
  sprung: [],
  heardTranscript: [
    {
      phraseId: 'returns',
      text: answer,
      startMs: 1000,
      endMs: 4200,
      heardWords: ['Zboží', 'můžete', 'vrátit', 'do'],
      complete: false,
    },
  ],
};
const turn = { epoch: 1, textMissing: false, interrupted: false };
const stored: StoredCall = {
  callId: 'CA1',
  workflowId: 't/demo/call/CA1',
  workflowStatus: 'COMPLETED',
  admittedAtMs: zeroEpochMs + 500,
  path: [],
  tags: [],
  notices: 0,
  recordings: [],
  turns: [
    {
      ...turn,
      seq: 1,
      speaker: 'assistant',
      startMs: 500,
      endMs: 3700,
      text: answer,
      heardText: 'Zboží můžete vrátit do čtrnácti',
      interrupted: true,
      latencyMs: 400,
    },
    {
      ...turn,
      seq: 2,
      speaker: 'caller',
      startMs: 3500,
      endMs: 5500,
      text: 'Počkejte, to mi stačí.',
      heardText: 'Počkejte, to mi stačí.',
    },
  ],
  toolCalls: [{ name: 'order_status', status: 'ok', latencyMs: 30 }],
  costs: [{ currency: 'USD', totalMillionths: 20_000 }],
  historyEvents: 80,
};
const expected = { toolCalls: ['order_status'], heardInPart: ['returns'], understood: ['stop'], maxHistoryEvents: 150 };

describe('reportCall', () => {
  it('finds nothing wrong with a call that went as it should', () => {
    const report = reportCall(record, stored, expected);
    expect(report).toMatchObject({
      ok: true,
      faults: [],
      bargeInMs: 200,
      durationMs: 7000,
      historyEvents: 80,
      longestSilenceMs: 1000,
    });
    expect(report.cost).toEqual({ currency: 'USD', totalMillionths: 20_000, perMinuteMillionths: 171_429 });
  });

  it('takes more than one word between what was stored and what was heard for a fault', () => {
    const heardText = 'Zboží můžete vrátit do čtrnácti dnů';
    const turns = stored.turns.map((one) => (one.speaker === 'assistant' ? { ...one, heardText } : one));
    expect(reportCall(record, { ...stored, turns }, expected).faults).toEqual([
      expect.stringContaining('heard text differs'),
    ]);
  });

  it('forgives as many heard turns without words as were announced', () => {
    const turns = stored.turns.map((one) =>
      one.speaker === 'assistant' ? { ...one, text: '', heardText: '', textMissing: true } : one,
    );
    expect(reportCall(record, { ...stored, turns }, { textsMissing: 1 }).faults).toEqual([]);
    expect(reportCall(record, { ...stored, turns }, {}).faults).toEqual([
      expect.stringContaining('heard text differs'),
    ]);
  });

  it('takes a caller who waited too long for a fault', () => {
    const late = {
      ...record,
      endedAtMs: 60_000,
      heard: [...record.heard, { startMs: 10_100, endMs: 12_000, rms: 900 }],
    };
    expect(reportCall(late, stored, {}).faults).toEqual(['the caller waited 4100 ms and heard nothing']);
    expect(reportCall(late, stored, { maxSilenceMs: 5000 }).faults).toEqual([]);
  });

  it('takes a phrase that was not heard to its last word for a fault, and one with a pause in it for none', () => {
    expect(reportCall(record, stored, { heardInFull: ['returns'] }).faults).toEqual([
      'returns was not heard to its end',
    ]);
    const [first, ...others] = record.heardTranscript;
    if (!first) throw new Error('nothing heard');
    const rest = {
      ...first,
      startMs: first.endMs + 600,
      heardWords: first.text.split(' ').slice(first.heardWords.length),
    };
    const paused = { ...record, heardTranscript: [first, rest, ...others] };
    expect(reportCall(paused, stored, { heardInFull: ['returns'], heardTolerance: 99 }).faults).toEqual([]);
  });

  it('looks at how the call ended: for the product, for the network, and how often it was dialled', () => {
    const { answeredAtMs: _never, ...unanswered } = record;
    const missed = { ...unanswered, status: 'busy', heardTranscript: [], heard: [], said: [] };
    const kept = { ...stored, turns: [], toolCalls: [], outcome: 'busy' };
    const busy = { outcome: 'busy', carrierStatus: 'busy', dialled: 1 };
    expect(reportCall(missed, kept, busy)).toMatchObject({ faults: [], outcome: 'busy' });
    expect(
      reportCall(missed, kept, { ...busy, outcome: 'rejected', carrierStatus: 'failed', dialled: 2 }).faults,
    ).toEqual(['the call ended as busy', 'the network was asked 2 times to dial', 'the outcome is busy, not rejected']);
    const never = { ...busy, carrierStatus: 'never-dialled' };
    expect(reportCall({ ...missed, status: 'never-dialled' }, kept, { ...never, dialled: 0 }).faults).toEqual([]);
    expect(reportCall({ ...missed, status: 'never-dialled' }, kept, never).faults).toHaveLength(1);
  });

  it('wants to the end what must be heard to its end, and no second stream', () => {
    expect(reportCall(record, stored, { heard: ['returns'] }).faults).toEqual([
      'the caller did not hear returns to its end',
    ]);
    const second = (code: number) => ({ ...record, timeline: [{ atMs: 1, kind: 'second-socket-closed', code }] });
    expect(reportCall(second(1008), stored, {}).faults).toEqual([]);
    expect(reportCall(second(0), stored, {}).faults).toEqual(['a second stream of the call was let be']);
  });

  it('counts tool calls where more than one is expected', () => {
    const [tool] = stored.toolCalls;
    if (!tool) throw new Error('no tool was called');
    const twice = { ...stored, toolCalls: [tool, tool] };
    const names = (count: number) => ({ toolCalls: Array.from({ length: count }, () => tool.name) });
    expect(reportCall(record, twice, names(2)).faults).toEqual([]);
    expect(reportCall(record, twice, names(3)).faults).toEqual([`the tool ${tool.name} was called 2 times, not 3`]);
  });

  describe('a transcript that must be complete', () => {
    const complete = { completeTranscript: true, heardTolerance: 99 };
    const without = (speaker: string) => ({
      ...stored,
      turns: stored.turns.filter((one) => one.speaker !== speaker),
    });

    it('holds all that was said and heard, each in a turn of its speaker', () => {
      expect(reportCall(record, stored, complete).faults).toEqual([]);
      expect(reportCall(record, without('caller'), complete).faults).toEqual([
        'no turn of the caller holds stop at 4000 ms',
      ]);
      expect(reportCall(record, without('assistant'), complete).faults).toEqual([
        'no turn of the assistant holds returns at 1000 ms',
      ]);
    });

    it('need not hold what a death cut off', () => {
      const died = (endMs: number, nextMs: number) => ({
        ...record,
        timeline: [
          { atMs: 100, kind: 'stream-started' },
          { atMs: endMs, kind: 'stream-stopped' },
          { atMs: nextMs, kind: 'stream-started' },
        ],
      });
      expect(reportCall(died(4500, 5500), without('caller'), complete).faults).toEqual([]);
      expect(reportCall(died(6600, 6800), without('caller'), complete).faults).toHaveLength(1);
      expect(reportCall(died(1000, 2500), without('caller'), complete).faults).toHaveLength(1);
    });
  });

  it('finds a tool that ran twice, a phrase that must not be heard, and a voice that does not stop', () => {
    const twice = { ...stored, toolCalls: [...stored.toolCalls, ...stored.toolCalls] };
    const { faults } = reportCall(record, twice, { ...expected, notHeard: ['returns'], maxBargeInMs: 150 });
    expect(faults).toEqual([
      'the tool order_status was called 2 times, not 1',
      'the assistant was heard for 200 ms after the caller had begun to speak',
      'the caller heard returns',
    ]);
    expect(reportCall(record, stored, { ...expected, notHeard: ['other'], maxBargeInMs: 250 }).faults).toEqual([]);
  });

  it("finds the caller's words in the wrong turn", () => {
    const first = { phraseId: 'hello', text: 'Dobrý den.', startMs: 700, endMs: 900 };
    const said = [first, ...record.said];
    const hello = {
      ...turn,
      seq: 3,
      speaker: 'caller',
      startMs: 9000,
      endMs: 9500,
      text: first.text,
      heardText: '',
    } as const;
    const { faults } = reportCall(
      { ...record, said },
      { ...stored, turns: [...stored.turns, hello] },
      { ...expected, understood: ['hello', 'stop'] },
    );
    expect(faults).toEqual(['another turn holds what the caller said: "Dobrý den."']);
  });

  it('names what was expected and did not happen', () => {
    const complete = record.heardTranscript.map((one) => ({ ...one, complete: true }));
    const { faults } = reportCall(
      { ...record, heardTranscript: complete, status: 'failed', alerts: [{ code: 31951, message: 'Invalid Message' }] },
      { ...stored, toolCalls: [], turns: stored.turns.slice(0, 1), historyEvents: 200, workflowStatus: 'RUNNING' },
      expected,
    );
    for (const words of [
      'ended as failed',
      '31951',
      'order_status was not called',
      'heard to its end',
      'no turn holds',
      '200 history events',
      'RUNNING',
    ]) {
      expect(faults.join('\n')).toContain(words);
    }
  });
});

it('takes what the network spoke itself for heard, unless it was cut short', () => {
  const say = { kind: 'say', atMs: 5000, phraseId: 'goodbye', startMs: 4000, endMs: 5000 };
  const faultsOf = (cutShort: boolean) =>
    reportCall({ ...record, timeline: [{ ...say, cutShort }] }, stored, { heard: ['goodbye'] }).faults;
  expect(faultsOf(false)).toEqual([]);
  expect(faultsOf(true)).toEqual(['the caller did not hear goodbye to its end']);
});

it('takes whom the carrier put through for nobody of ours, however soon he speaks', () => {
  const colleague = { phraseId: 'hello', text: 'Dobrý den.', startMs: 3600, endMs: 4100, complete: true };
  const heardTranscript = [...record.heardTranscript, { ...colleague, heardWords: ['Dobrý', 'den'] }];
  const stream = [
    { kind: 'stream-started', atMs: 600 },
    { kind: 'stream-stopped', atMs: 3500 },
  ];
  const faultsOf = (timeline: NetworkRecord['timeline']) =>
    reportCall({ ...record, heardTranscript, timeline }, stored, {}).faults;
  expect(faultsOf(stream)).toEqual([]);
  expect(faultsOf(stream.slice(0, 1))).toEqual([expect.stringContaining('heard text differs')]);
});

it('says where a call got no workflow, and where only its degraded plan answered', () => {
  const { workflowStatus: _status, ...without } = stored;
  expect(reportCall(record, without, {}).faults).toEqual([expect.stringContaining('no workflow leads the call')]);
  const adopted = { ...stored, outcome: 'adopted' };
  expect(reportCall(record, adopted, {}).faults).toEqual([expect.stringContaining('answered from its number')]);
  expect(reportCall(record, adopted, { outcome: 'adopted' }).faults).toEqual([]);
});

describe('wordDifference', () => {
  it('counts words put in, left out and exchanged, whatever their case and punctuation', () => {
    expect(wordDifference(wordsOf('Dobrý den, tady asistentka.'), wordsOf('dobrý den tady'))).toBe(1);
    expect(wordDifference(wordsOf('a b c'), wordsOf('a x c d'))).toBe(2);
    expect(wordDifference([], [])).toBe(0);
  });
});
