import { describe, expect, it } from 'vitest';
import { sampleOf } from '../audio/mulaw.ts';
import { type AskNet, CONTEXT, createLineJudge, type NetAnswer, type NetQuestion, STEP } from './line-judge.ts';
import { createSampleRing } from './sample-ring.ts';

const frame = (code = 0): Uint8Array => new Uint8Array(160).fill(code);
const settled = (): Promise<void> => Promise.resolve().then(() => Promise.resolve());

/** A judge of a line that is given frames as they come. */
function judgeOfLine(ask: AskNet) {
  const line = createSampleRing(CONTEXT);
  const judge = createLineJudge(ask, line);
  const hear = (mulaw: Uint8Array, isAsked: boolean): void => {
    line.add(mulaw);
    judge.hear(mulaw.length, isAsked);
  };
  return { hear, likeness: () => judge.likeness(), isThinking: () => judge.isThinking() };
}

/** A network that answers when it is told to. */
function slowNet() {
  const questions: NetQuestion[] = [];
  const waiting: PromiseWithResolvers<NetAnswer>[] = [];
  const ask: AskNet = (question) => {
    questions.push(question);
    const answer = Promise.withResolvers<NetAnswer>();
    waiting.push(answer);
    return answer.promise;
  };
  const answer = async (likeness: number): Promise<void> => {
    waiting.shift()?.resolve({ likeness, state: Float32Array.of(questions.length) });
    await settled();
  };
  const fail = async (): Promise<void> => {
    waiting.shift()?.reject(new Error('down'));
    await settled();
  };
  return { ask, questions, answer, fail };
}

describe('the judge of a line', () => {
  it('asks about nothing that it is not asked about', () => {
    const { ask, questions } = slowNet();
    const judge = judgeOfLine(ask);
    for (let n = 0; n < 50; n++) judge.hear(frame(), false);
    expect(questions).toEqual([]);
    expect(judge.likeness()).toBeUndefined();
  });

  it('begins with what was heard before, and goes on with whole steps of what comes after', async () => {
    const { ask, questions, answer } = slowNet();
    const judge = judgeOfLine(ask);
    for (let n = 1; n <= 20; n++) judge.hear(frame(n), n === 20);
    expect(questions[0]?.pcm).toHaveLength(8 * STEP);
    expect(questions[0]?.pcm.at(-1)).toBe(sampleOf(20));
    expect(questions[0]?.state).toBeUndefined();
    await answer(0.7);
    expect(judge.likeness()).toBe(0.7);
    judge.hear(frame(21), true);
    expect(questions).toHaveLength(1);
    judge.hear(frame(22), true);
    expect(questions[1]).toEqual({
      pcm: Int16Array.from({ length: STEP }, (_, n) => sampleOf(n < 160 ? 21 : 22)),
      state: Float32Array.of(1),
    });
  });

  it('has one question on its way, and asks about what came meanwhile in the next', async () => {
    const { ask, questions, answer } = slowNet();
    const judge = judgeOfLine(ask);
    for (let n = 0; n < 6; n++) judge.hear(frame(n), true);
    expect(questions).toHaveLength(1);
    expect(judge.isThinking()).toBe(true);
    await answer(0.4);
    judge.hear(frame(6), true);
    expect(questions[1]?.pcm).toHaveLength(3 * STEP);
    expect(questions[1]?.pcm[0]).toBe(sampleOf(1));
  });

  it('says nothing where the answer is about what was heard long ago', async () => {
    const { ask, answer } = slowNet();
    const judge = judgeOfLine(ask);
    for (let n = 0; n < 5; n++) judge.hear(frame(), true);
    await answer(0.9);
    expect(judge.likeness()).toBeUndefined();
  });

  it('forgets what it knew of a sound that is over, an answer that is on its way included', async () => {
    const { ask, questions, answer } = slowNet();
    const judge = judgeOfLine(ask);
    judge.hear(frame(), true);
    judge.hear(frame(), false);
    await answer(0.9);
    expect(judge.likeness()).toBeUndefined();
    judge.hear(frame(), true);
    expect(questions[1]).not.toHaveProperty('state');
  });

  it('begins anew after a network that failed or could not be asked', async () => {
    const { ask, questions, answer, fail } = slowNet();
    let isThere = true;
    const judge = judgeOfLine((question) => (isThere ? ask(question) : undefined));
    judge.hear(frame(), true);
    await fail();
    expect(judge.isThinking()).toBe(false);
    judge.hear(frame(), true);
    await answer(0.8);
    expect(judge.likeness()).toBe(0.8);
    isThere = false;
    judge.hear(frame(), true);
    judge.hear(frame(), true);
    expect(judge.likeness()).toBeUndefined();
    isThere = true;
    judge.hear(frame(), true);
    expect(questions.at(-1)).not.toHaveProperty('state');
    expect(questions.at(-1)?.pcm).toHaveLength(8 * STEP);
  });
});
