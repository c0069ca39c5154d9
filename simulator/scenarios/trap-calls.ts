import { TRAPS } from '../traps.ts';
import { modelFaultCalls } from './model-fault-calls.ts';
import { commonRules, goodbyeRules, orderRules } from './common-rules.ts';
import type { Scenario } from './scenario.ts';

/** What springs beside the trap that the call is named after, so that it gets its occasion. */
const company: Readonly<Record<string, readonly string[]>> = {
  'resumption-refused': ['deadline-expired'],
  'resumption-expired': ['deadline-expired'],
};

const [hello, ...later] = [
  'cs-caller-hello',
  'cs-caller-order-status',
  'cs-caller-returns',
  'cs-caller-wait-delivery',
  'cs-caller-goodbye',
] as const;

/** They spring before the first word, at a function, at an interruption or between two turns: a first exchange adds nothing. */
const needNoOpening = new Set([
  'handshake-403',
  'never-setup-complete',
  'quota-exceeded',
  'silent-greeting',
  'unlisted-language-refused',
  'audio-outside-activity-refused',
  'many-keys-one-message',
  'duplicate-tool-call',
  'tool-call-without-id',
  'tool-call-cancellation',
  'late-tool-cancellation',
  'lost-tool-result',
  'silent-after-tool',
  'interrupted-wedge',
  'go-away',
  'deadline-expired',
  'resumption-refused',
  'resumption-expired',
  'openai-late-deltas',
  'openai-truncation-beyond-end',
]);

/** The assistant falls silent in the middle of what it has to say: the caller lets it come back. */
const pauses = new Set([
  'close-1000',
  'close-1006',
  'close-1007',
  'close-1008',
  'close-1011',
  'phantom-interrupted',
  'interrupted-wedge',
  'half-open-socket',
  'lost-tool-result',
  'silent-after-tool',
  'malformed-function-call',
  'openai-response-incomplete',
]);

const haveTheirOwn = new Set(modelFaultCalls.flatMap(({ traps = [] }) => traps));

/** Which of the caller's sentences must be in their turns: of one that nobody wrote down the turn is kept without words. */
const understood: Readonly<Record<string, readonly string[]>> = {
  'late-input-transcription': [hello, ...later],
  'openai-transcription-out-of-order': [hello, ...later],
  'missing-transcription': later,
  'openai-transcription-failed': later,
};

/** What the model refuses of the product, since nobody can know better. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'half-open-socket': ['resumption while the old connection is open'],
};

/**
 * A sentence that is cut off, by a loss or by the model itself, loses the words that had not come yet: the vendor sends
 * transcriptions apart from the sound and after it. A model that calls a function once more has by then begun to speak of
 * the first result. It breaks off, sometimes before any word of that has come, and begins anew; the words that come then
 * are all of the second answer, so that none can be given to the first.
 */
const cutsWords = new Set([
  'close-1000',
  'close-1006',
  'close-1007',
  'close-1008',
  'close-1011',
  'phantom-interrupted',
  'openai-response-incomplete',
  'tool-call-cancellation',
]);

/** A call like the demo for each trap of a model, and one with none through the other vendor. */
export const trapCalls: readonly Scenario[] = [
  talk({
    name: 'openai-talk',
    group: 'conversation',
    about: "the caller hears of his order, interrupts and says goodbye, all through another vendor's model",
    expect: { understood: [hello, ...later] },
  }),
  ...TRAPS.filter(({ name, scope }) => scope === 'session' && !haveTheirOwn.has(name)).map(({ name, caller }) =>
    talk({
      name: `trap-${name}`,
      group: /tool|function/.test(name) ? 'tools' : 'model life',
      about: `the caller hears ${caller}`,
      traps: [...(company[name] ?? []), name],
      opens: !needNoOpening.has(name),
      patienceMs: pauses.has(name) ? 2500 : 1000,
      expect: {
        ...(cutsWords.has(name) && { textsMissing: 1 }),
        ...(understood[name] && { understood: understood[name] }),
        ...(refused[name] && { modelFaults: refused[name] }),
      },
    }),
  ),
];

type Talk = Pick<Scenario, 'name' | 'group' | 'about' | 'traps' | 'expect'> & {
  /** Whether the caller says hello first. */
  opens?: boolean;
  /** How long he lets the assistant be silent before he takes his turn. */
  patienceMs?: number;
};

/** An order looked up by a tool, a long answer that the caller interrupts, a goodbye. */
function talk({ opens = true, patienceMs = 1000, ...own }: Talk): Scenario {
  return {
    ...own,
    language: 'cs',
    caller: [
      { waitForQuiet: 900 },
      ...(opens ? [{ say: hello }, { waitForQuiet: Math.min(patienceMs, 2000) }] : []),
      { say: 'cs-caller-order-status' },
      { waitForSpeech: true, plusMs: 500 },
      // The tool works meanwhile.
      { waitForQuiet: Math.max(patienceMs, 2000) },
      { say: 'cs-caller-returns' },
      { waitForSpeech: true, plusMs: 1500 },
      { say: 'cs-caller-wait-delivery' },
      { waitForQuiet: patienceMs },
      { say: 'cs-caller-goodbye' },
      { waitForHangUp: true },
    ],
    model: {
      rules: [
        { on: { start: true }, reply: ['cs-assistant-greeting'] },
        { on: { text: 'call is connected' }, reply: ['cs-assistant-greeting'] },
        { on: { heard: 'cs-caller-hello' }, reply: ['cs-assistant-how-can-i-help'] },
        ...orderRules('cs'),
        { on: { heard: 'cs-caller-returns' }, reply: ['cs-assistant-returns'] },
        { on: { heard: 'cs-caller-wait-delivery' }, reply: ['cs-assistant-delivery-window'] },
        // Told in words what an earlier connection had heard, or asked to answer.
        { on: { text: 'zajímá mě jen doručení' }, reply: ['cs-assistant-reconnected', 'cs-assistant-delivery-window'] },
        {
          on: { text: 'order_status has ended' },
          reply: ['cs-assistant-reconnected', 'cs-assistant-order-on-the-way'],
        },
        { on: { text: 'waits for your answer' }, reply: ['cs-assistant-not-understood'] },
        ...goodbyeRules('cs'),
        ...commonRules('cs'),
      ],
    },
    expect: {
      endedBy: 'assistant',
      toolCalls: ['order_status', 'end_call'],
      understood: ['cs-caller-goodbye'],
      ...own.expect,
    },
  };
}
