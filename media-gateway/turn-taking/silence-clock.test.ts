import { expect, it } from 'vitest';
import { createSilenceClock } from './silence-clock.ts';

it('reminds as often as it was told, once for each silence, then hangs up', () => {
  const clock = createSilenceClock({ remindAfterMs: 5000, reminders: 2 });
  expect([4980, 5000, 5020, 0, 5000, 0, 4000, 5000].map((quietMs) => clock.tick(quietMs))).toEqual([
    undefined,
    'remind',
    undefined,
    undefined,
    'remind',
    undefined,
    undefined,
    'hangUp',
  ]);
});

it('begins anew when the caller is heard', () => {
  const clock = createSilenceClock({ remindAfterMs: 5000, reminders: 1 });
  expect(clock.tick(5000)).toBe('remind');
  clock.tick(0);
  clock.callerWasHeard();
  expect(clock.tick(5000)).toBe('remind');
});

it('hangs up at once where no reminder is wanted', () => {
  expect(createSilenceClock({ remindAfterMs: 5000, reminders: 0 }).tick(5000)).toBe('hangUp');
});
