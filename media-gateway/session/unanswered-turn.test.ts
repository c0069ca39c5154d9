import { expect, it } from 'vitest';
import { createUnansweredTurn } from './unanswered-turn.ts';

const frame = (code: number): Uint8Array => new Uint8Array(160).fill(code);

it('hands out what was said since the turn began, once', () => {
  const turn = createUnansweredTurn();
  turn.add(frame(1));
  expect(turn.take()).toBeUndefined();
  turn.begin();
  turn.add(frame(2));
  turn.add(frame(3));
  turn.end();
  expect(turn.take()).toEqual({ audio: Uint8Array.from([...frame(2), ...frame(3)]), isOver: true, isBegun: false });
  expect(turn.take()).toBeUndefined();
});

it('keeps two turns apart that are said at the same time or after each other', () => {
  const [one, other] = [createUnansweredTurn(), createUnansweredTurn()];
  one.begin();
  one.add(frame(1));
  one.forget();
  one.begin();
  other.begin();
  one.add(frame(2));
  other.add(frame(3));
  expect([one.take()?.audio[0], other.take()?.audio]).toEqual([2, frame(3)]);
});

it('keeps a turn of some seconds whole', () => {
  const turn = createUnansweredTurn();
  turn.begin();
  const frames = Array.from({ length: 250 }, (_, n) => frame(n));
  for (const one of frames) turn.add(one);
  expect(turn.take()?.audio).toEqual(Uint8Array.from(frames.flatMap((one) => [...one])));
});

it('keeps the end of a turn that is too long', () => {
  const turn = createUnansweredTurn();
  turn.begin();
  for (let i = 0; i < 500; i++) turn.add(frame(i % 250));
  const { audio } = turn.take() ?? {};
  expect(audio?.length).toBeGreaterThanOrEqual(4 * 8000);
  expect(audio?.length).toBeLessThanOrEqual(8 * 8000);
  expect(audio?.at(-1)).toBe(249);
});

it('keeps a turn whose answer has only begun, until that suffices or is too long to be repeated', () => {
  const turn = createUnansweredTurn();
  const said = (): void => {
    turn.begin();
    turn.add(frame(1));
    turn.end();
  };
  said();
  turn.answerSuffices();
  turn.answerComes(1000);
  turn.answerComes(2900);
  expect(turn.take()).toEqual({ audio: frame(1), isOver: true, isBegun: true });
  said();
  turn.answerComes(5000);
  turn.answerSuffices();
  expect(turn.take()).toBeUndefined();
  said();
  turn.answerComes(8000);
  turn.answerComes(10_000);
  expect(turn.take()).toBeUndefined();
  said();
  turn.answerComes(12_000);
  said();
  expect(turn.take()?.isBegun).toBe(false);
});
