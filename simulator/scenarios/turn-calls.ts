import { commonRules, goodbyeRules } from './common-rules.ts';
import type { CallerStep, ModelRule, Scenario } from './scenario.ts';

const rules: readonly ModelRule[] = [
  { on: { start: true }, reply: ['cs-assistant-greeting'] },
  { on: { heard: 'cs-caller-returns' }, reply: ['cs-assistant-story-one'] },
  { on: { heard: 'cs-caller-enough' }, reply: ['cs-assistant-how-can-i-help'] },
  { on: { heard: 'cs-caller-short-yes' }, reply: ['cs-assistant-how-can-i-help'] },
  { on: { heard: 'cs-caller-short-hello' }, reply: ['cs-assistant-how-can-i-help'] },
  { on: { heard: 'cs-caller-opening-hours' }, reply: ['cs-assistant-opening-hours'] },
  { on: { text: 'has been silent' }, reply: ['cs-assistant-still-there'] },
  { on: { text: 'Say goodbye|must end' }, reply: ['cs-assistant-goodbye'] },
  ...goodbyeRules('cs'),
  ...commonRules('cs'),
];

/** Of two things that the caller said in one breath, the model answers the first that it has a rule for. */
const isHours = ({ reply }: ModelRule): boolean => reply?.[0] === 'cs-assistant-opening-hours';

const goodbye: readonly CallerStep[] = [{ waitForQuiet: 1500 }, { say: 'cs-caller-goodbye' }, { waitForHangUp: true }];

const noisyCaller: readonly CallerStep[] = [
  { waitForQuiet: 1200 },
  { say: 'cs-caller-returns' },
  { waitForSpeech: true, plusMs: 3000 },
  { say: 'cs-caller-enough' },
  { waitForQuiet: 1500 },
  { say: 'cs-caller-goodbye' },
  { waitForHangUp: true },
];
const interrupted: Scenario['expect'] = {
  heardInPart: ['cs-assistant-story-one'],
  heardInFull: ['cs-assistant-greeting', 'cs-assistant-how-can-i-help'],
  endedBy: 'assistant',
  understood: ['cs-caller-returns', 'cs-caller-enough', 'cs-caller-goodbye'],
};

/** Who speaks when: what a caller's small sounds do to the assistant, and what his silence does. */
export const turnCalls: readonly Scenario[] = [
  {
    name: 'backchannel',
    group: 'turn-taking',
    about: 'the caller says a short yes into a long answer, which goes on where it was',
    language: 'cs',
    caller: [
      { waitForQuiet: 900 },
      { say: 'cs-caller-returns' },
      { waitForSpeech: true, plusMs: 3000 },
      { say: 'cs-caller-short-yes' },
      ...goodbye,
    ],
    model: { rules },
    expect: {
      heardInFull: ['cs-assistant-story-one'],
      endedBy: 'assistant',
      understood: ['cs-caller-returns', 'cs-caller-goodbye'],
    },
  },
  {
    name: 'two-backchannels',
    group: 'turn-taking',
    about: 'the caller says a short yes twice within two seconds and is meant: the answer stops',
    language: 'cs',
    caller: [
      { waitForQuiet: 900 },
      { say: 'cs-caller-returns' },
      { waitForSpeech: true, plusMs: 3000 },
      { say: 'cs-caller-short-yes' },
      { pauseMs: 1200 },
      { say: 'cs-caller-short-yes' },
      ...goodbye,
    ],
    model: { rules },
    expect: {
      heardInPart: ['cs-assistant-story-one'],
      endedBy: 'assistant',
      understood: ['cs-caller-returns', 'cs-caller-goodbye'],
    },
  },
  {
    name: 'noisy-street',
    group: 'turn-taking',
    about: 'the caller stands in a street, 10 dB below his voice: he is understood, and his interruption is heard',
    language: 'cs',
    line: { noise: 'street', snrDb: 10 },
    caller: noisyCaller,
    model: { rules },
    expect: interrupted,
  },
  {
    name: 'line-echo',
    group: 'turn-taking',
    about: "the caller's telephone sends our own voice back 30 dB weaker: it stops nothing, and he does",
    language: 'cs',
    line: { echoDb: -30 },
    caller: noisyCaller,
    model: { rules },
    expect: interrupted,
  },
  {
    name: 'first-hello',
    group: 'turn-taking',
    about: 'the caller says hello into the greeting, which is heard to its end',
    language: 'cs',
    caller: [
      { waitForSpeech: true, plusMs: 800 },
      { say: 'cs-caller-are-you-there' },
      { waitForQuiet: 1500 },
      { say: 'cs-caller-opening-hours' },
      ...goodbye,
    ],
    model: { rules },
    expect: {
      heardInFull: ['cs-assistant-greeting'],
      endedBy: 'assistant',
      understood: ['cs-caller-are-you-there', 'cs-caller-opening-hours', 'cs-caller-goodbye'],
    },
  },
  {
    name: 'patient-pause',
    group: 'turn-taking',
    about: 'the caller of a patient assistant pauses in the middle of what he says, and is heard out',
    language: 'cs',
    caller: [
      { waitForQuiet: 1200 },
      { say: 'cs-caller-enough' },
      { pauseMs: 600 },
      { say: 'cs-caller-opening-hours' },
      ...goodbye,
    ],
    model: { rules: rules.toSorted((one, other) => Number(isHours(other)) - Number(isHours(one))) },
    expect: {
      heardInFull: ['cs-assistant-opening-hours'],
      notHeard: ['cs-assistant-how-can-i-help'],
      endedBy: 'assistant',
      understood: ['cs-caller-enough', 'cs-caller-opening-hours', 'cs-caller-goodbye'],
    },
  },
  {
    name: 'silence',
    group: 'turn-taking',
    about: 'the caller says nothing more: he is asked whether he is there, twice, and then hung up with a goodbye',
    language: 'cs',
    caller: [{ waitForQuiet: 900 }, { say: 'cs-caller-opening-hours' }, { waitForHangUp: true, timeoutMs: 60_000 }],
    model: { rules },
    expect: {
      heardInFull: ['cs-assistant-still-there', 'cs-assistant-goodbye'],
      maxSilenceMs: 6000,
      endedBy: 'flow',
      understood: ['cs-caller-opening-hours'],
    },
  },
  {
    name: 'time-limit',
    group: 'turn-taking',
    about: 'the call is as long as it may be: the caller is told before, and hung up',
    language: 'cs',
    caller: [
      { waitForQuiet: 900 },
      { say: 'cs-caller-opening-hours' },
      { waitForQuiet: 1500 },
      { waitForHangUp: true, timeoutMs: 60_000 },
    ],
    model: { rules },
    expect: {
      heardInFull: ['cs-assistant-opening-hours', 'cs-assistant-goodbye'],
      maxSilenceMs: 12_000,
      endedBy: 'flow',
      understood: ['cs-caller-opening-hours'],
    },
  },
];
