import { describe, expect, it } from 'vitest';
import type { Turn } from '../../contracts/turns.ts';
import { accountCall, sumUp } from './account.ts';
import { heardPhrase as heard, storedTurn as turn } from './made-up-turns.ts';
import type { ChaosCall } from './turn-account.ts';

const zeroEpochMs = 1_000_000;
const window = {
  fromMs: zeroEpochMs + 10_000,
  untilMs: zeroEpochMs + 20_000,
  lastWords: 'bye',
  apology: 'sorry',
  askedAgain: 'again',
  promise: { mayMove: true, mostApologies: 1 },
} as const;

const phrase = (phraseId: string, startMs: number, endMs: number) => ({ phraseId, text: phraseId, startMs, endMs });
/** Greeting, question, a long answer that the fault cuts at 10 s, goes on at 12 s; the caller says goodbye. */
function call(turns: readonly Turn[], record: Partial<ChaosCall['record']> = {}): ChaosCall {
  const transcript = [
    heard('greeting', 1000, 4000),
    heard('story', 7000, 10_000, false),
    heard('more', 12_000, 15_000),
  ];
  return {
    admittedAtMs: zeroEpochMs + 200,
    turns,
    record: {
      status: 'completed',
      ended: true,
      zeroEpochMs,
      endedAtMs: 20_000,
      timeline: [
        { atMs: 500, kind: 'stream-started' },
        { atMs: 10_000, kind: 'stream-stopped' },
        { atMs: 10_800, kind: 'stream-started' },
      ],
      heard: transcript.map(({ startMs, endMs }) => ({ startMs, endMs, rms: 900 })),
      said: [phrase('question', 5000, 6500), phrase('bye', 17_000, 18_500)],
      heardTranscript: transcript,
      ...record,
    },
  };
}

const whole = () => [
  turn('assistant', 800, 3800),
  turn('caller', 4700, 6300),
  turn('assistant', 6800, 9500, { interrupted: true }),
  turn('assistant', 11_800, 14_800, { epoch: 2 }),
  turn('caller', 16_800, 18_300, { epoch: 2 }),
];

describe('an account of a call', () => {
  it('finds every turn, and the gap in the sentence that was cut', () => {
    expect(accountCall(call(whole()), window)).toEqual({
      dropped: false,
      moved: true,
      turnsExpected: 5,
      turnsStored: 5,
      turnsLost: 0,
      turnsDoubled: 0,
      textsMissing: 0,
      apologies: 0,
      askedAgain: 0,
      degraded: false,
      gapMs: 2000,
      ok: true,
      notes: [],
    });
  });

  it('names a turn that is nowhere, and one that is there twice', () => {
    const [greeting, , ...rest] = whole();
    if (!greeting) throw new Error('no greeting');
    const account = accountCall(call([greeting, { ...greeting, epoch: 2, seq: 99 }, ...rest]), window);
    expect(account).toMatchObject({ turnsExpected: 5, turnsStored: 5, turnsLost: 1, turnsDoubled: 1 });
    expect(account.notes).toEqual(['lost: caller question 5000-6500 ms', 'doubled: assistant 1000-4000 ms']);
  });

  it('takes no turn of the other speaker for it', () => {
    const turns = whole().map((one) => ({ ...one, speaker: 'assistant' as const }));
    expect(accountCall(call(turns), window).turnsLost).toBe(2);
  });

  it('excuses what nobody could take down: what the fault cut off, until there is a stream again', () => {
    const [greeting, question, , ...rest] = whole();
    const turns = [greeting, question, ...rest].filter((one) => one !== undefined);
    expect(accountCall(call(turns), window)).toMatchObject({ turnsExpected: 4, turnsLost: 0 });
    const heardAlways = { ...window, promise: { ...window.promise, alwaysHears: true } } as const;
    expect(accountCall(call(turns), heardAlways)).toMatchObject({ turnsExpected: 5, turnsLost: 1 });
    const oneStream = { timeline: [{ atMs: 500, kind: 'stream-started' }] };
    expect(accountCall(call(turns, oneStream), window)).toMatchObject({ turnsExpected: 5, turnsLost: 1 });
  });

  it('excuses nothing that was said while the stream still stood, unless its gateway hears nothing from the fault on', () => {
    const later = {
      timeline: [
        { atMs: 500, kind: 'stream-started' },
        { atMs: 10_900, kind: 'stream-stopped' },
        { atMs: 11_500, kind: 'stream-started' },
      ],
    };
    const turns = whole().filter(({ startMs }) => startMs !== 6800);
    expect(accountCall(call(turns, later), window)).toMatchObject({ turnsExpected: 5, turnsLost: 1 });
    const deaf = { ...window, promise: { ...window.promise, deafAtOnce: true } } as const;
    expect(accountCall(call(turns, later), deaf)).toMatchObject({ turnsExpected: 4, turnsLost: 0 });
  });

  it('takes a row for doubled that nobody said or heard: what a new session was told again, at another time', () => {
    const account = accountCall(call([...whole(), turn('caller', 9_500, 11_500)]), window);
    expect(account).toMatchObject({ ok: false, turnsLost: 0, turnsDoubled: 1 });
    expect(account.notes).toEqual(['neither said nor heard: caller 9700-11700 ms']);
  });

  it('finds a silence within a sentence that was whole in the end', () => {
    const transcript = [heard('greeting', 1000, 4000), heard('story', 7000, 10_000), heard('more', 12_000, 15_000)];
    const sounds = [...transcript.slice(0, 2), { startMs: 12_000, endMs: 12_500 }, { startMs: 14_300, endMs: 15_000 }];
    const stalled = {
      heardTranscript: transcript,
      heard: sounds.map(({ startMs, endMs }) => ({ startMs, endMs, rms: 900 })),
    };
    expect(accountCall(call(whole(), stalled), window)).toMatchObject({ gapMs: 1800, turnsLost: 0 });
  });

  it('takes a call for dropped that did not get to its last words', () => {
    expect(accountCall(call(whole(), { said: [phrase('question', 5000, 6500)] }), window).dropped).toBe(true);
    expect(accountCall(call(whole(), { status: 'failed' }), window).dropped).toBe(true);
  });

  it('counts phrases without a pause between them as one turn, and texts that never came', () => {
    const transcript = [heard('sorry', 1000, 2000), heard('greeting', 2300, 4000)];
    const turns = [turn('assistant', 800, 3800, { textMissing: true, text: '' }), turn('caller', 16_800, 18_300)];
    const account = accountCall(
      call(turns, { heardTranscript: transcript, said: [phrase('bye', 17_000, 18_500)] }),
      window,
    );
    expect(account).toMatchObject({ turnsExpected: 2, turnsStored: 2, turnsLost: 0, textsMissing: 1 });
  });
});

it('takes one text that is missing in a call, and no two', () => {
  const silent = (count: number): Turn[] =>
    whole().map((one, i) => (i < count ? { ...one, text: '', textMissing: true } : one));
  expect(sumUp([1, 1, 0].map((count) => accountCall(call(silent(count)), window)))).toMatchObject({
    ok: true,
    textsMissing: 2,
  });
  const two = accountCall(call(silent(2)), window);
  expect(two.notes).toEqual(['without text: assistant 1000-4000 ms', 'without text: caller 4900-6500 ms']);
  expect(sumUp([two]).ok).toBe(false);
});

const untilTheFault = [heard('greeting', 1000, 4000), heard('story', 7000, 10_000, false)];

it('holds a fault to what was promised of it', () => {
  const unheard = { ...window, promise: { mayMove: false, mostApologies: 0 } } as const;
  expect(accountCall(call(whole()), unheard)).toMatchObject({
    ok: false,
    notes: ['moved, although nothing that held it had died'],
  });
  const sorry = (count: number) =>
    call(whole(), {
      heardTranscript: [
        ...untilTheFault,
        ...Array.from({ length: count }, (_, i) => heard('sorry', 12_000 + i * 1000, 12_900 + i * 1000)),
      ],
    });
  expect(accountCall(sorry(1), window)).toMatchObject({ apologies: 1, ok: true });
  expect(accountCall(sorry(2), window)).toMatchObject({ apologies: 2, ok: false, notes: ['heard 2 apologies'] });
  const told = call(whole().toSpliced(3, 1), {
    heardTranscript: [...untilTheFault, heard('cs-assistant-cannot-connect', 12_000, 15_000)],
  });
  expect(accountCall(told, window)).toMatchObject({ degraded: true, ok: false, notes: ['heard the degraded plan'] });
  const again = call(whole(), { heardTranscript: [...untilTheFault, heard('again', 12_000, 15_000)] });
  expect(accountCall(again, window)).toMatchObject({ askedAgain: 1, apologies: 0, ok: true });
  const heardAlways = { ...window, promise: { mayMove: true, mostApologies: 0, alwaysHears: true } } as const;
  expect(accountCall(again, heardAlways)).toMatchObject({
    ok: false,
    notes: ['was asked to say it again: 12000-15000 ms'],
  });
  const quiet = { ...window, promise: { mayMove: true, mostApologies: 0 } } as const;
  expect(accountCall(sorry(1), quiet).notes).toEqual(['heard 1 apologies']);
});

it('sums up calls', () => {
  const account = accountCall(call(whole()), window);
  expect(sumUp([account]).ok).toBe(true);
  expect(sumUp([account, { ...account, ok: false, dropped: true, gapMs: 500 }])).toEqual({
    ok: false,
    calls: 2,
    dropped: 1,
    moved: 2,
    turnsExpected: 10,
    turnsStored: 10,
    turnsLost: 0,
    turnsDoubled: 0,
    textsMissing: 0,
    apologies: 0,
    askedAgain: 0,
    degraded: 0,
    gapMs: { p50: 500, p95: 2000, max: 2000 },
  });
});
