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
  expect(turn.take()).toEqual({ audio: Uint8Array.from([...frame(2), ...frame(3)]), isOver: true });
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

it('keeps the end of a turn that is too long', () => {
  const turn = createUnansweredTurn();
  turn.begin();
  for (let i = 0; i < 500; i++) turn.add(frame(i % 250));
  const { audio } = turn.take() ?? {};
  expect(audio?.length).toBeGreaterThanOrEqual(4 * 8000);
  expect(audio?.length).toBeLessThanOrEqual(8 * 8000);
  expect(audio?.at(-1)).toBe(249);
});
