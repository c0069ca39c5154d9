import type { Turn } from '../../contracts/turns.ts';

/** A phrase as the network's ear has it. */
export const heardPhrase = (phraseId: string, startMs: number, endMs: number, complete = true) => ({
  phraseId,
  text: phraseId,
  startMs,
  endMs,
  heardWords: [phraseId],
  complete,
});

/** A row of the call, on the call's clock. */
export const storedTurn = (
  speaker: Turn['speaker'],
  startMs: number,
  endMs: number,
  more: Partial<Turn> = {},
): Turn => ({
  epoch: 1,
  seq: startMs,
  speaker,
  startMs,
  endMs,
  text: 'x',
  textMissing: false,
  heardText: 'x',
  interrupted: false,
  ...more,
});
