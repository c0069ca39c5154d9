import { describe, expect, it } from 'vitest';
import type { LineJudge } from './line-judge.ts';
import { createSecondOpinion, type LightFinding } from './second-opinion.ts';

const samples = 160;
const sound: LightFinding = {
  samples,
  levelDb: -30,
  floorDb: -60,
  pitchedCeilingDb: -45,
  isTone: false,
  isPitched: true,
  isOnset: false,
};
const silence: LightFinding = { ...sound, levelDb: -60, isPitched: false };

/** A judge of fixed opinion, which tells about what it was asked. */
function judgeThatSays(likeness: number | undefined, isThinking = false): LineJudge & { asked: boolean[] } {
  const asked: boolean[] = [];
  return {
    asked,
    hear: (_samples, isAsked) => void asked.push(isAsked),
    likeness: () => likeness,
    isThinking: () => isThinking,
  };
}

/** In which of the frames somebody has begun to speak. */
function onsets(judge: LineJudge, frames: readonly LightFinding[]): boolean[] {
  const opinion = createSecondOpinion(judge, false);
  return frames.map((frame) => opinion.isOnset(frame));
}

describe('the second opinion', () => {
  it('is asked for a sound near the level of speech and no other', () => {
    const judge = judgeThatSays(undefined);
    onsets(judge, [silence, silence, sound, silence]);
    expect(judge.asked).toEqual([false, false, true, true]);
  });

  it('is not asked over a quiet line, where what the light detection found stands', () => {
    const quiet = { ...sound, floorDb: -68, pitchedCeilingDb: -60 };
    const judge = judgeThatSays(undefined);
    expect(onsets(judge, [quiet, { ...quiet, isOnset: true }])).toEqual([false, true]);
    expect(judge.asked).toEqual([false, false]);
    const always = createSecondOpinion(judge, true);
    always.isOnset(quiet);
    expect(judge.asked.at(-1)).toBe(true);
  });

  it('finds a voice that the light detection has not found', () => {
    expect(onsets(judgeThatSays(0.9), [sound, sound, sound])).toEqual([false, true, true]);
  });

  it('asks for more certainty the nearer a sound is to the noise', () => {
    const buried = { ...sound, pitchedCeilingDb: -31 };
    expect(onsets(judgeThatSays(0.6), [sound, sound])).toContain(true);
    expect(onsets(judgeThatSays(0.6), [buried, buried])).not.toContain(true);
    expect(onsets(judgeThatSays(0.9), [buried, buried])).toContain(true);
  });

  it('refuses what the light detection took for a voice, unless that stands out plainly', () => {
    const found = { ...sound, isOnset: true };
    expect(onsets(judgeThatSays(0.1), [found, found])).toEqual([false, false]);
    expect(onsets(judgeThatSays(0.1), [{ ...found, pitchedCeilingDb: -55 }])).toEqual([true]);
  });

  it('lets the light detection decide where nothing is known, 40 ms later at most where an answer is on its way', () => {
    const found = { ...sound, isOnset: true };
    expect(onsets(judgeThatSays(undefined), [sound, found])).toEqual([false, true]);
    expect(onsets(judgeThatSays(undefined, true), [found, found, found])).toEqual([false, false, true]);
  });

  it('takes no voice that is as faint as our own echo, nor those of other people on the line', () => {
    const echo = { ...sound, levelDb: -44, pitchedCeilingDb: -60 };
    expect(onsets(judgeThatSays(1), [echo, echo, echo])).not.toContain(true);
    const opinion = createSecondOpinion(judgeThatSays(1), false);
    for (let n = 0; n < 400; n++) opinion.goesOn({ ...sound, isVoiced: true }, true);
    expect([sound, sound, sound].map((frame) => opinion.isOnset(frame))).not.toContain(true);
  });

  it('is asked about speech that sinks into the noise, and tells the noise from it', () => {
    const speech = { samples, levelDb: -30, floorDb: -52, isVoiced: true };
    const rest = { ...speech, levelDb: -42 };
    const judge = judgeThatSays(0.01);
    const opinion = createSecondOpinion(judge, false);
    for (const one of [speech, speech, speech, rest, rest]) opinion.goesOn(one, false);
    expect(judge.asked).not.toContain(true);
    expect(opinion.goesOn(rest, false)).toBe(false);
    expect(judge.asked.at(-1)).toBe(true);
  });

  it('is not asked about soft speech over a quiet line, unless it is to hear everything', () => {
    const soft = { samples, levelDb: -42, floorDb: -70, isVoiced: true };
    const asked = [false, true].map((isAlwaysAsked) => {
      const judge = judgeThatSays(0.9);
      const opinion = createSecondOpinion(judge, isAlwaysAsked);
      for (const levelDb of [-30, -42, -42, -42, -42, -42]) opinion.goesOn({ ...soft, levelDb }, false);
      return judge.asked.some(Boolean);
    });
    expect(asked).toEqual([false, true]);
  });

  it('takes nothing for speech that the light detection does not', () => {
    const opinion = createSecondOpinion(judgeThatSays(1), true);
    expect(opinion.goesOn({ samples, levelDb: -60, floorDb: -62, isVoiced: false }, false)).toBe(false);
  });
});
