import { describe, expect, test } from 'vitest';

import { loadPhraseBook } from '../speech/phrase-book.ts';
import { recordAt, stringAt } from './json.ts';
import { createResumptionStore } from './resumption.ts';
import { createSessionHarness, greetedHarness, withSetup } from './session-harness.ts';

const text = (id: string): string => loadPhraseBook().byId(id).text;

describe('connections', () => {
  test('goAway comes 50 s before the end of ten minutes', () => {
    const harness = greetedHarness({ line: false });
    harness.run(541_000);
    expect(harness.kinds()).not.toContain('goAway');
    harness.run(5000);
    const away = harness.messages.find((message) => 'goAway' in message);
    expect(recordAt(away, 'goAway')).toEqual({ timeLeft: '50s' });
    harness.run(60_000);
    expect(harness.closed).toEqual({ code: 1011, reason: 'Deadline expired before operation could complete.' });
  });

  test('with compression 3.8 lives for 58 minutes and ends unannounced', () => {
    const harness = greetedHarness({ line: false }, withSetup({ contextWindowCompression: { slidingWindow: {} } }));
    harness.run(57 * 60_000);
    expect(harness.closed).toBeUndefined();
    harness.run(90_000);
    expect(harness.closed?.code).toBe(1011);
    expect(harness.kinds()).not.toContain('goAway');
  });

  test('a handle keeps what the model knows, expires after two hours, and none is given while it speaks', () => {
    const resumption = createResumptionStore();
    const first = greetedHarness({ resumption });
    const updates = first.messages
      .map((message) => recordAt(message, 'sessionResumptionUpdate'))
      .filter((one) => one !== undefined);
    expect(updates.map((one) => one['resumable'])).toEqual([true, false, true]);
    const handle = stringAt(updates.at(-1), 'newHandle') ?? '';
    first.end();
    const again = withSetup({ sessionResumption: { handle } });
    const late = createSessionHarness({ resumption, id: 'late', atMs: 1_000_000 + 3 * 3_600_000 });
    late.send(again);
    expect(late.closed?.code).toBe(1007);
    const soon = createSessionHarness({ resumption, id: 'soon', atMs: 1_100_000 });
    soon.send(again);
    soon.say('cs-caller-opening-hours');
    soon.run(6000);
    expect(soon.words('output')).toBe(text('cs-assistant-opening-hours'));
  });
});
