import { describe, expect, it } from 'vitest';
import { createCallerFloor, type FloorView } from './caller-floor.ts';
import type { Voice } from './voice-activity.ts';

const speaking: FloorView = { assistantSpeaks: true, mayInterrupt: true, endsSoon: false };
const silent: FloorView = { assistantSpeaks: false, mayInterrupt: true, endsSoon: false };
const untouchable: FloorView = { assistantSpeaks: true, mayInterrupt: false, endsSoon: false };

/** Plays `.` for silence and `x` for voice, 20 ms each, and tells the moves with their times. */
function play(...parts: readonly [string, FloorView][]): string[] {
  const floor = createCallerFloor();
  const moves: string[] = [];
  let before = '.';
  let endMs = 0;
  for (const [sounds, view] of parts) {
    for (const sound of sounds) {
      endMs += 20;
      const voice: Voice = sound === '.' ? 'quiet' : before === '.' ? 'onset' : 'voiced';
      before = sound;
      for (const move of floor.hear(voice, endMs, 20, view, 400)) {
        const atMs = move.type === 'take' ? move.beganMs : move.type === 'give' ? move.lastVoicedMs : undefined;
        moves.push(`${endMs} ${move.type}${atMs === undefined ? '' : ` ${atMs}`}`);
      }
    }
  }
  return moves;
}

const voice = (ms: number): string => 'x'.repeat(ms / 20);
const pause = (ms: number): string => '.'.repeat(ms / 20);

describe('the floor', () => {
  it("is the caller's at once while nobody speaks, until he has been silent for so long", () => {
    expect(play([pause(100) + voice(300) + pause(600), silent])).toEqual(['120 take 100', '800 give 400']);
  });

  it('is given away in time though the frames are dated a little closer together', () => {
    const floor = createCallerFloor();
    floor.hear('onset', 100, 60, silent, 400);
    expect(floor.hear('quiet', 479.9, 60, silent, 400)).toEqual([]);
    expect(floor.hear('quiet', 499.9, 60, silent, 400)).toEqual([{ type: 'give', lastVoicedMs: 100 }]);
  });

  it('names the onset of a sound for which the assistant falls silent', () => {
    const floor = createCallerFloor();
    expect(floor.hear('onset', 1000, 140, speaking, 400)).toEqual([{ type: 'pause', beganMs: 860 }]);
  });

  it('stays his through the pauses between words', () => {
    const moves = play([voice(300) + pause(380) + voice(200) + pause(500), silent]);
    expect(moves).toEqual(['20 take 0', '1280 give 880']);
  });

  it('is taken from the assistant who falls silent at once, when the sound lasts', () => {
    expect(play([pause(100) + voice(800) + pause(500), speaking])).toEqual([
      '120 pause',
      '700 take 100',
      '1300 give 900',
    ]);
  });

  it('is given back after a backchannel', () => {
    expect(play([pause(100) + voice(400) + pause(900), speaking])).toEqual(['120 pause', '800 resume']);
  });

  it('is his at the second short sound within two seconds', () => {
    const moves = play([voice(200) + pause(1800) + voice(200) + pause(500), speaking]);
    expect(moves).toEqual(['20 pause', '500 resume', '2020 pause', '2020 take 2000', '2600 give 2200']);
  });

  it('is given back after each of two short sounds that lie further apart', () => {
    const moves = play([voice(200) + pause(2400) + voice(200) + pause(400), speaking]);
    expect(moves.filter((move) => move.endsWith('resume'))).toHaveLength(2);
  });

  it('is his for a short answer into the last words', () => {
    const moves = play([voice(300) + pause(500), { ...speaking, endsSoon: true }]);
    expect(moves).toEqual(['20 pause', '600 take 0', '700 give 300']);
  });

  it('waits for the end of what must not be interrupted', () => {
    expect(play([voice(800) + pause(1000), untouchable], [pause(60), silent])).toEqual([
      '1820 take 0',
      '1840 give 800',
    ]);
  });

  it('is his again where a voice goes on of which no pause was heard', () => {
    const floor = createCallerFloor();
    floor.hear('onset', 100, 60, silent, 400);
    expect(floor.hear('quiet', 500, 60, silent, 400)).toEqual([{ type: 'give', lastVoicedMs: 100 }]);
    expect(floor.hear('voiced', 120, 80, silent, 400)).toEqual([{ type: 'take', beganMs: 120 }]);
  });

  it('is never his for a short sound into what must not be interrupted', () => {
    expect(play([voice(400) + pause(1000), untouchable], [pause(600), silent])).toEqual([]);
  });
});
