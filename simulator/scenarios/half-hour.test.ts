import { expect, it } from 'vitest';
import { loadPhraseBook } from '../speech/phrase-book.ts';
import { halfHour, longCall } from './half-hour.ts';
import type { Scenario } from './scenario.ts';

/** From the caller's last word to the assistant's first, and what a tool takes. */
const answeredAfterMs = 750;

/** What everybody says, and the pauses between. */
function lengthMs({ caller, model }: Scenario): number {
  const book = loadPhraseBook();
  const spokenMs = (ids: readonly string[]): number => ids.reduce((sum, id) => sum + book.byId(id).durationMs, 0);
  const answerMs = (phraseId: string): number => {
    const rule = model.rules.find(({ on }) => 'heard' in on && [on.heard].flat().includes(phraseId));
    const afterTool = model.rules.find(({ on }) => 'toolResult' in on && on.toolResult === 'order_status');
    const more = phraseId === 'cs-caller-order-status' ? (afterTool?.reply ?? []) : [];
    return answeredAfterMs + spokenMs([...(rule?.reply ?? []), ...more]);
  };
  return caller.reduce(
    (sum, step) => {
      if ('say' in step) return sum + spokenMs([step.say]) + answerMs(step.say);
      return sum + ('waitForQuiet' in step ? step.waitForQuiet : 0);
    },
    spokenMs(['cs-assistant-greeting']),
  );
}

it('lasts half an hour, with ten tools', () => {
  expect(lengthMs(halfHour) / 60_000).toBeGreaterThan(29);
  expect(lengthMs(halfHour) / 60_000).toBeLessThan(31);
  expect(halfHour.expect?.toolCalls).toHaveLength(10);
});

it.each([2, 9, 30])('of %d minutes has a death in a long answer between two roll-overs after short ones', (minutes) => {
  const { caller, moments } = longCall(minutes);
  const said = caller.flatMap((step) => ('say' in step ? [step.say] : []));
  expect(moments?.map(({ what }) => what)).toEqual(['go-away', 'gateway-killed', 'go-away']);
  const [first, death, second] = moments?.map(({ said: at }) => at) ?? [];
  expect(said[death ?? -1]).toBe('cs-caller-go-on');
  expect([said[first ?? -1], said[second ?? -1]]).toEqual(['cs-caller-opening-hours', 'cs-caller-opening-hours']);
  expect(death).toBeGreaterThan(first ?? Infinity);
  expect(second).toBeGreaterThan(death ?? Infinity);
});
