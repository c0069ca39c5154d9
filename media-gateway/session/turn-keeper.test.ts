import { describe, expect, it } from 'vitest';
import type { Turn } from '../../contracts/turns.ts';
import { encodeMulaw } from '../audio/mulaw.ts';
import { createTurnKeeper, type TurnKeeper } from './turn-keeper.ts';

describe('turns of the caller', () => {
  it('get late texts in the order in which they were spoken', () => {
    const keeper = newKeeper();
    speaks(keeper, 0, 1000);
    answers(keeper, 0, 1500);
    speaks(keeper, 2000, 3000);
    keeper.callerText('první', 3100);
    keeper.callerText('druhý', 3400);
    expect(texts(keeper)).toEqual(['první', '', 'druhý']);
  });

  it('give up a text that is too late, so that the next one finds its own', () => {
    const keeper = newKeeper();
    speaks(keeper, 0, 1000);
    answers(keeper, 0, 1500);
    speaks(keeper, 8000, 9000);
    keeper.callerText('druhý', 9500);
    expect(texts(keeper)).toEqual(['', '', 'druhý']);
  });

  it('take further words of the sentence before while the next has just begun', () => {
    const keeper = newKeeper();
    speaks(keeper, 0, 1000);
    keeper.callerText('Kde je ', 1300);
    answers(keeper, 0, 1500);
    keeper.callerStarted(2000);
    keeper.callerText('balík?', 2100);
    keeper.callerEnded(3000);
    keeper.callerText('Haló?', 3500);
    expect(texts(keeper)).toEqual(['Kde je balík?', '', 'Haló?']);
  });

  it('get their own texts in any order where the model says which speech is which', () => {
    const keeper = newKeeper();
    speaks(keeper, 0, 1000);
    answers(keeper, 0, 1500);
    speaks(keeper, 8000, 9000);
    keeper.callerText('druhý', 9600, 500);
    keeper.callerText('první', 9700, 8600);
    expect(texts(keeper)).toEqual(['první', '', 'druhý']);
  });

  it('are one turn until they are answered', () => {
    const keeper = newKeeper();
    speaks(keeper, 0, 1000);
    speaks(keeper, 1700, 2500);
    keeper.callerText('Dobrý den, kde je balík?', 3000);
    expect(keeper.takeChanged()).toMatchObject([{ startMs: 0, endMs: 2500, text: 'Dobrý den, kde je balík?' }]);
  });

  it('exist also where no sound was noticed', () => {
    const keeper = newKeeper();
    keeper.callerText('Haló?', 500);
    expect(keeper.takeChanged()).toMatchObject([{ speaker: 'caller', text: 'Haló?', textMissing: false }]);
  });
});

describe('turns of the assistant', () => {
  it('take words that came before their sound, and those that came after it', () => {
    const keeper = newKeeper();
    keeper.assistantText('Dobrý ', 0);
    keeper.assistantAudio(sound(800), 0, 10);
    keeper.assistantSent(6400, 20);
    keeper.answerComplete(30);
    keeper.assistantHeard(6400, 820);
    keeper.assistantText('den.', 900);
    expect(keeper.takeChanged()).toMatchObject([
      { text: 'Dobrý den.', heardText: 'Dobrý den.', startMs: 20, endMs: 820 },
    ]);
  });

  it('keep words apart that come between two answers', () => {
    const keeper = newKeeper();
    answers(keeper, 0, 100, 'Ano.');
    keeper.modelTurnOver(150);
    keeper.assistantHeard(800, 300);
    keeper.assistantText('Ne.', 1000);
    keeper.assistantAudio(sound(100), 800, 1100);
    keeper.assistantSent(1600, 1110);
    keeper.answerComplete(1120);
    keeper.assistantHeard(1600, 1300);
    expect(texts(keeper)).toEqual(['Ano.', 'Ne.']);
  });

  it('measure the answer to a caller, but not where the assistant was still talking', () => {
    const keeper = newKeeper();
    speaks(keeper, 0, 1000);
    keeper.assistantAudio(sound(1100), 0, 1600);
    keeper.assistantSent(8800, 1600);
    keeper.answerComplete(1600);
    speaks(keeper, 2000, 2500);
    keeper.assistantHeard(8800, 2700);
    keeper.assistantAudio(sound(100), 8800, 2800);
    keeper.assistantSent(9600, 2800);
    keeper.answerComplete(2800);
    keeper.assistantHeard(9600, 2900);
    const assistant = keeper.takeChanged().filter(({ speaker }) => speaker === 'assistant');
    expect(assistant.map(({ latencyMs }) => latencyMs)).toEqual([600, undefined]);
  });

  it('are shown as interrupted while they last, whole when they were heard', () => {
    const keeper = newKeeper();
    keeper.assistantAudio(sound(5000), 0, 0);
    keeper.assistantText('Jedna dva tři čtyři pět šest sedm osm.', 0);
    keeper.answerComplete(10);
    keeper.assistantSent(2400, 10);
    keeper.assistantHeard(20_000, 2510);
    const [shown] = keeper.takeChanged();
    expect(shown).toMatchObject({ seq: 1, interrupted: true });
    expect(shown?.heardText.split(' ').length).toBeGreaterThan(2);
    expect(shown?.heardText.split(' ').length).toBeLessThan(6);
    keeper.assistantHeard(40_000, 5010);
    expect(keeper.takeChanged()).toMatchObject([
      { seq: 1, interrupted: false, heardText: 'Jedna dva tři čtyři pět šest sedm osm.' },
    ]);
  });

  it('that were dropped before they began leave no row and no gap in the numbers', () => {
    const keeper = newKeeper();
    keeper.assistantAudio(sound(100), 0, 0);
    keeper.cut(0, 10);
    answers(keeper, 800, 100, 'Ano.');
    expect(keeper.takeChanged()).toMatchObject([{ seq: 1, text: 'Ano.' }]);
    expect(keeper.lastSeq()).toBe(1);
  });

  it('that were cut before a word of them was heard are none, unless their words come yet', () => {
    const keeper = newKeeper();
    keeper.assistantAudio(sound(4000), 0, 0);
    keeper.assistantSent(1600, 0);
    keeper.cut(1600, 200);
    expect(keeper.takeChanged()).toEqual([]);
    keeper.assistantText('Jedna dva.', 300);
    expect(keeper.takeChanged()).toMatchObject([{ seq: 1, startMs: 0, endMs: 200, text: 'Jedna dva.' }]);
  });

  it('that their model began and died over are none, though all that there was of them was heard', () => {
    const keeper = newKeeper();
    keeper.assistantAudio(sound(220), 0, 0);
    keeper.assistantSent(1760, 0);
    keeper.modelLost(100);
    keeper.assistantHeard(1760, 220);
    expect(keeper.takeChanged()).toEqual([]);
  });

  it('that were cut give back the words that were heard', () => {
    const keeper = newKeeper();
    keeper.assistantAudio(sound(4000), 0, 0);
    keeper.assistantSent(100, 0);
    keeper.cut(16_000, 2000);
    keeper.assistantText('Jedna dva tři čtyři pět šest sedm osm.', 2100);
    expect(keeper.takeChanged()).toMatchObject([
      { interrupted: true, endMs: 2000, text: 'Jedna dva tři čtyři pět šest sedm osm.' },
    ]);
    expect(keeper.history()[0]?.text).not.toBe('');
    expect(keeper.history()[0]?.text).not.toContain('osm');
  });
});

function newKeeper(): TurnKeeper {
  return createTurnKeeper({ epoch: 1, language: 'cs-CZ' });
}

function speaks(keeper: TurnKeeper, fromMs: number, toMs: number): void {
  keeper.callerStarted(fromMs);
  keeper.callerEnded(toMs);
}

/** An answer of 100 ms. */
function answers(keeper: TurnKeeper, position: number, atMs: number, text = ''): void {
  keeper.assistantAudio(sound(100), position, atMs);
  keeper.assistantText(text, atMs);
  keeper.assistantSent(position + 800, atMs);
  keeper.answerComplete(atMs);
  keeper.assistantHeard(position + 800, atMs + 100);
  keeper.modelTurnOver(atMs + 100);
}

function texts(keeper: TurnKeeper): string[] {
  return keeper
    .takeChanged()
    .toSorted(byStart)
    .map(({ text }) => text);
}

function byStart(one: Turn, other: Turn): number {
  return one.startMs - other.startMs;
}

function sound(ms: number): Uint8Array {
  return encodeMulaw(Int16Array.from({ length: ms * 8 }, (_, i) => 8000 * Math.sin(i / 4)));
}
