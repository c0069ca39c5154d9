import { commonRules, goodbyeRules } from './common-rules.ts';
import { type Scenario, streamSocketLost } from './scenario.ts';

/** The assistant talks long enough for a process to die in the middle of a sentence, and goes on afterwards. */
export const gatewayKilled: Scenario = {
  name: 'gateway-killed',
  group: 'survival',
  about: 'a long answer during which a gateway dies; the assistant comes back, apologises once and goes on',
  language: 'cs',
  caller: [
    { waitForQuiet: 700 },
    { say: 'cs-caller-go-on' },
    { waitForSpeech: true, plusMs: 1000 },
    { waitForQuiet: 6000, timeoutMs: 60_000 },
    { say: 'cs-caller-goodbye' },
    // Where its beginning was lost, he is asked to say it again.
    { waitForQuiet: 6000 },
    { say: 'cs-caller-goodbye' },
    { waitForHangUp: true },
  ],
  model: {
    rules: [
      { on: { start: true }, reply: ['cs-assistant-greeting'] },
      { on: { heard: 'cs-caller-go-on' }, reply: ['cs-assistant-story-one'] },
      { on: { resumed: true }, reply: ['cs-assistant-reconnected', 'cs-assistant-story-two'] },
      { on: { seeded: true }, reply: ['cs-assistant-reconnected', 'cs-assistant-story-two'] },
      ...goodbyeRules('cs'),
      ...commonRules('cs'),
    ],
  },
  // By then the assistant is in the middle of its answer.
  moments: [{ said: 0, afterMs: 6000, what: 'gateway-killed' }],
  expect: {
    endedBy: 'assistant',
    understood: ['cs-caller-go-on', 'cs-caller-goodbye'],
    alerts: [streamSocketLost],
    // The turn that a kill cuts is kept as it was up to half a second before.
    heardTolerance: 3,
  },
};
