import { expect, it } from 'vitest';
import { loadPhraseBook } from '../speech/phrase-book.ts';
import { halfHour, longCall, shortestMinutes } from './half-hour.ts';
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

it('has, however long, a death in a long answer between two roll-overs after short ones', () => {
  for (let minutes = shortestMinutes; minutes <= 60; minutes += 0.25) {
    const { caller, moments = [] } = longCall(minutes);
    const said = caller.flatMap((step) => ('say' in step ? [step.say] : []));
    const planned = moments.flatMap((moment) => ('said' in moment ? [{ what: moment.what, at: moment.said }] : []));
    expect(planned.map(({ at, what }) => [what, said[at]])).toEqual([
      ['go-away', 'cs-caller-opening-hours'],
      ['gateway-killed', 'cs-caller-go-on'],
      ['go-away', 'cs-caller-opening-hours'],
    ]);
    const places = planned.map(({ at }) => at);
    expect(places).toEqual([...new Set(places)].toSorted((one, other) => one - other));
  }
});
