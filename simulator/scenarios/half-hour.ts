import { commonRules, goodbyeRules } from './common-rules.ts';
import { type CallerStep, type Moment, type Scenario, streamSocketLost } from './scenario.ts';

/** What the caller asks about, again and again; three minutes for a round of them. */
const round = [
  'opening-hours',
  'order-status',
  'returns',
  'invoice',
  'go-on',
  'delivery-time',
  'opening-hours',
  'returns',
  'wait-delivery',
  'invoice',
  'go-on',
  'hello',
] as const;
const roundMinutes = 3;
const longAnswer = 'go-on';
const shortAnswer = 'opening-hours';
/** The caller thinks for so long before he asks again. */
const thoughtMs = 6000;
/** From the caller's first word, 2 s of speech included, to the middle of a long answer. */
const midAnswerMs = 6000;
/** The same to after a short answer. */
const afterAnswerMs = 8000;
/** Shorter, there is no room for all three. */
export const shortestMinutes = 2;

/** A call of about so many minutes with one tool call in three, two roll-overs and, between them, a gateway's death. */
export function longCall(minutes: number): Scenario {
  const count = Math.round((minutes / roundMinutes) * round.length);
  const questions = Array.from({ length: count }, (_, i) => round[i % round.length] ?? longAnswer);
  const places = (question: string): number[] => questions.flatMap((one, i) => (one === question ? [i] : []));
  const death = nearest(places(longAnswer), count / 2);
  const before = places(shortAnswer).filter((i) => i < death);
  const after = places(shortAnswer).filter((i) => i > death);
  const moments: Moment[] = [
    { said: nearest(before, count / 4), afterMs: afterAnswerMs, what: 'go-away' },
    { said: death, afterMs: midAnswerMs, what: 'gateway-killed' },
    { said: nearest(after, (3 * count) / 4), afterMs: afterAnswerMs, what: 'go-away' },
  ];
  const tools = questions.filter((question) => question === 'order-status');
  const quiet = { waitForQuiet: thoughtMs, timeoutMs: 60_000 } as const;
  return {
    name: 'half-hour',
    group: 'survival',
    about: `${minutes} minutes of questions with tools, two roll-overs and a gateway that dies between them; nothing is lost`,
    language: 'cs',
    minutes,
    moments,
    caller: [
      quiet,
      ...questions.flatMap((question): CallerStep[] => [{ say: `cs-caller-${question}` }, quiet]),
      { say: 'cs-caller-goodbye' },
      { waitForHangUp: true },
    ],
    model: {
      rules: [
        { on: { start: true }, reply: ['cs-assistant-greeting'] },
        { on: { heard: 'cs-caller-hello' }, reply: ['cs-assistant-how-can-i-help'] },
        {
          on: { heard: 'cs-caller-order-status' },
          reply: ['cs-assistant-checking'],
          toolCall: { name: 'order_status', args: { order_number: '4711' } },
        },
        { on: { toolResult: 'order_status' }, reply: ['cs-assistant-order-on-the-way', 'cs-assistant-anything-else'] },
        { on: { heard: 'cs-caller-returns' }, reply: ['cs-assistant-returns'] },
        { on: { heard: 'cs-caller-opening-hours' }, reply: ['cs-assistant-opening-hours'] },
        { on: { heard: 'cs-caller-invoice' }, reply: ['cs-assistant-invoice'] },
        { on: { heard: 'cs-caller-go-on' }, reply: ['cs-assistant-story-one'] },
        {
          on: { heard: ['cs-caller-wait-delivery', 'cs-caller-delivery-time'] },
          reply: ['cs-assistant-delivery-window'],
        },
        ...goodbyeRules('cs'),
        ...commonRules('cs'),
      ],
    },
    expect: {
      endedBy: 'assistant',
      toolCalls: tools.map(() => 'order_status'),
      alerts: [streamSocketLost],
      heardTolerance: 3,
      completeTranscript: true,
      historyEvents: 500,
    },
  };
}

function nearest(places: readonly number[], to: number): number {
  return places.toSorted((one, other) => Math.abs(one - to) - Math.abs(other - to))[0] ?? 0;
}

export const halfHour = longCall(30);
