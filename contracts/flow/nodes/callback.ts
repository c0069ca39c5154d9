import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledWords } from '../compiled.ts';
import { leave, type NodeSpec, type NodeStep, wait, wrong } from '../node-spec.ts';
import type { NodeVisit } from '../node-visit.ts';
import { toE164 } from '../phone-number.ts';
import { closed, nodeSchema, Reference, TimeoutMs, Tries, Words } from '../schema-parts.ts';

const Ask = Type.Object(
  {
    prompt: Words,
    /** Put before what the caller types without a country code. */
    countryCode: Type.String({ pattern: '^\\+[1-9][0-9]{0,3}$' }),
    timeoutMs: TimeoutMs,
    tries: Tries,
  },
  closed,
);
const schema = nodeSchema('callback', {
  number: Type.Union([Type.Literal('caller'), Type.Literal('asked')]),
  ask: Type.Optional(Ask),
  window: Type.Object(
    {
      fromMinutes: Type.Integer({ minimum: 0, maximum: 10_080 }),
      untilMinutes: Type.Integer({ minimum: 1, maximum: 20_160 }),
    },
    closed,
  ),
  queueId: Type.Optional(Reference),
});
type Callback = Static<typeof schema>;
interface CompiledCallback extends CompiledNode, Pick<Callback, 'number' | 'window' | 'queueId'> {
  ask?: Omit<Static<typeof Ask>, 'prompt'> & { prompt: CompiledWords };
}

export const callbackNode: NodeSpec<Callback, CompiledCallback> = {
  type: 'callback',
  schema,
  summary: { en: 'Arranges to call the caller back.', cs: 'Domluví zpětné volání.' },
  waits: 'world',
  help: {
    number: "`caller`: the caller's own; `asked`: one that the caller types.",
    ask: 'How it asks: `prompt`, `countryCode` for numbers typed without one, `timeoutMs`, `tries`.',
    window: 'When the call shall come, counted from now: `fromMinutes`, `untilMinutes`.',
    queueId: 'The queue whose agents call, in which the caller keeps the place.',
  },
  example: {
    type: 'callback',
    number: 'asked',
    ask: {
      prompt: { 'cs-CZ': 'Zadejte číslo a křížek.', 'en-US': 'Enter your number, then hash.' },
      countryCode: '+420',
      timeoutMs: 8000,
      tries: 2,
    },
    window: { fromMinutes: 0, untilMinutes: 240 },
    queueId: 'support',
    edges: { scheduled: 'bye', refused: 'voicemail', invalid: 'voicemail' },
  },
  isLive: () => false,
  outcomes: () => ['scheduled', 'refused', 'invalid'],
  check: ({ number, ask: asked, window }) => [
    ...(number === 'asked' && !asked
      ? [wrong('it does not say how to ask for the number', 'neříká, jak se na číslo zeptat')]
      : []),
    ...(window.fromMinutes >= window.untilMinutes
      ? [wrong('the window ends before it begins', 'okno končí dřív, než začne')]
      : []),
  ],
  compile: ({ ask: asked, ...node }, compiler) => ({
    ...node,
    ...(asked && { ask: { ...asked, prompt: compiler.words(asked.prompt) } }),
  }),
  enter: (node, visit) => {
    if (node.number === 'asked' && node.ask) return ask(node, visit);
    const callers = visit.lookup('caller.number');
    return plan(node, visit, typeof callers === 'string' ? toE164(callers) : undefined);
  },
  on: (node, event, visit) => {
    if (event.type === 'callbackPlanned' && visit.memory['planning'] === true) {
      visit.because(`the answer: ${event.outcome}`);
      return leave(event.outcome);
    }
    if (event.type !== 'digits' || !node.ask || visit.memory['planning'] === true) return undefined;
    const typed = toE164(event.digits.startsWith('00') ? event.digits : `${node.ask.countryCode}${event.digits}`);
    if (typed !== undefined) return plan(node, visit, typed);
    const attempt = visit.tryAgain();
    visit.because(`no number came; try ${attempt} of ${node.ask.tries}`);
    return attempt >= node.ask.tries ? leave('invalid') : ask(node, visit);
  },
};

function ask({ ask: asked }: CompiledCallback, visit: NodeVisit): NodeStep {
  if (!asked) return leave('invalid');
  const prompts = visit.spoken(asked.prompt);
  visit.instruct({
    type: 'gather',
    input: 'digits',
    prompts,
    maxDigits: 17,
    finishOnKey: '#',
    timeoutMs: asked.timeoutMs,
  });
  return wait('asked for the number');
}

function plan({ window, queueId }: CompiledCallback, visit: NodeVisit, phoneNumber: string | undefined): NodeStep {
  if (phoneNumber === undefined) {
    visit.because('the caller hides the number');
    return leave('invalid');
  }
  visit.remember({ planning: true });
  visit.instruct({
    type: 'planCallback',
    nodeId: visit.nodeId,
    visit: visit.visit,
    phoneNumber,
    window: { fromMs: visit.atMs + window.fromMinutes * 60_000, untilMs: visit.atMs + window.untilMinutes * 60_000 },
    ...(queueId !== undefined && { queueId }),
  });
  return wait('planning');
}
