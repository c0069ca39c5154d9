import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledWords } from '../compiled.ts';
import { leave, type NodeSpec, type NodeStep, wait, wrong } from '../node-spec.ts';
import type { NodeVisit } from '../node-visit.ts';
import { closed, Key, LanguageTag, nodeSchema, OutcomeName, TimeoutMs, Tries, Words } from '../schema-parts.ts';
import { hintsFor, matchSpoken } from '../spoken-words.ts';

const Phrases = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 20 });
const Option = Type.Object(
  {
    outcome: OutcomeName,
    digit: Type.Optional(Key),
    /** What may be said for it, by language. */
    words: Type.Optional(Type.Record(LanguageTag, Phrases, closed)),
  },
  closed,
);
const schema = nodeSchema('menu', {
  prompt: Words,
  options: Type.Array(Option, { minItems: 1, maxItems: 20 }),
  timeoutMs: TimeoutMs,
  tries: Tries,
  onSilence: Type.Optional(Words),
  onNoMatch: Type.Optional(Words),
});
type Menu = Static<typeof schema>;
interface CompiledMenu extends CompiledNode, Pick<Menu, 'options' | 'timeoutMs' | 'tries'> {
  prompt: CompiledWords;
  onSilence?: CompiledWords;
  onNoMatch?: CompiledWords;
}

export const menuNode: NodeSpec<Menu, CompiledMenu> = {
  type: 'menu',
  schema,
  summary: {
    en: 'Offers options, chosen by a key or by words.',
    cs: 'Nabídne volby, které se vybírají klávesou nebo slovem.',
  },
  waits: 'caller',
  help: {
    prompt: 'What is said to offer the options.',
    options:
      'Each with the `outcome` that it leads to, its `digit`, and the `words` that may be said for it, by language. Case and accents do not count; of several phrases the longest wins.',
    timeoutMs: 'Silence after which nothing has come.',
    tries: 'How often it asks in all.',
    onSilence: 'Said before the prompt is repeated because nothing came.',
    onNoMatch: 'Said before the prompt is repeated because no option fits.',
  },
  example: {
    type: 'menu',
    prompt: {
      'cs-CZ': 'Pro objednávky stiskněte 1, pro reklamace 2.',
      'en-US': 'Press 1 for orders, 2 for complaints.',
    },
    options: [
      { outcome: 'orders', digit: '1', words: { 'cs-CZ': ['objednávka'], 'en-US': ['order', 'my order'] } },
      { outcome: 'complaints', digit: '2' },
    ],
    timeoutMs: 5000,
    tries: 3,
    onSilence: { 'cs-CZ': 'Neslyšeli jsme vás.', 'en-US': 'We did not hear you.' },
    onNoMatch: { 'cs-CZ': 'Tuto volbu nemáme.', 'en-US': 'There is no such option.' },
    edges: { orders: 'helper', complaints: 'voicemail', noInput: 'bye', noMatch: 'bye' },
  },
  isLive: () => true,
  outcomes: ({ options }) => [...options.map(({ outcome }) => outcome), 'noInput', 'noMatch'],
  check: ({ options }) => [
    ...repeated(options.map(({ outcome }) => outcome)).map((name) =>
      wrong(`two options are called ${name}`, `dvě volby se jmenují ${name}`),
    ),
    ...options
      .filter(({ digit, words }) => digit === undefined && words === undefined)
      .map(({ outcome }) =>
        wrong(`the option ${outcome} has neither a key nor words`, `volba ${outcome} nemá klávesu ani slova`),
      ),
    ...options
      .filter(({ outcome }) => outcome === 'noInput' || outcome === 'noMatch')
      .map(({ outcome }) => wrong(`no option may be called ${outcome}`, `volba se nesmí jmenovat ${outcome}`)),
  ],
  compile: ({ prompt, onSilence, onNoMatch, ...node }, compiler) => ({
    ...node,
    prompt: compiler.words(prompt),
    ...(onSilence !== undefined && { onSilence: compiler.words(onSilence) }),
    ...(onNoMatch !== undefined && { onNoMatch: compiler.words(onNoMatch) }),
  }),
  enter: (node, visit) => {
    ask(node, visit);
    return wait();
  },
  on: (node, event, visit) => {
    if (event.type === 'digits')
      return event.digits === '' ? again(node, visit, 'noInput', 'nothing came') : pressed(node, visit, event.digits);
    if (event.type === 'speech') return said(node, visit, event.text);
    return undefined;
  },
};

function pressed(node: CompiledMenu, visit: NodeVisit, digits: string): NodeStep {
  const won = node.options.find(({ digit }) => digit === digits);
  for (const { outcome, digit } of node.options)
    if (outcome !== won?.outcome) visit.lost(outcome, digit === undefined ? 'it has no key' : `its key is ${digit}`);
  if (!won) return again(node, visit, 'noMatch', `no option has the key ${digits}`);
  visit.because(`the caller pressed ${digits}`);
  return leave(won.outcome);
}

function said(node: CompiledMenu, visit: NodeVisit, text: string): NodeStep {
  const match = matchSpoken(text, node.options, visit.language);
  if (match === undefined) return again(node, visit, 'noMatch', 'no option answers to what was said');
  if ('unclear' in match) return again(node, visit, 'noMatch', `it may mean ${match.unclear.join(' or ')}`);
  visit.because(`the caller said "${match.phrase}"`);
  for (const { outcome } of node.options)
    if (outcome !== match.outcome) visit.lost(outcome, 'none of its words were said, or only shorter ones');
  return leave(match.outcome);
}

function again(node: CompiledMenu, visit: NodeVisit, outcome: 'noInput' | 'noMatch', why: string): NodeStep {
  const attempt = visit.tryAgain();
  visit.because(`${why}; try ${attempt} of ${node.tries}`);
  if (attempt >= node.tries) return leave(outcome);
  ask(node, visit, outcome === 'noInput' ? node.onSilence : node.onNoMatch);
  return wait(outcome);
}

function ask({ prompt, options, timeoutMs }: CompiledMenu, visit: NodeVisit, before?: CompiledWords): void {
  const prompts = [...(before === undefined ? [] : visit.spoken(before)), ...visit.spoken(prompt)];
  const hints = hintsFor(options, visit.language);
  const hasKeys = options.some(({ digit }) => digit !== undefined);
  visit.instruct({
    type: 'gather',
    input: hints.length === 0 ? 'digits' : hasKeys ? 'both' : 'speech',
    prompts,
    maxDigits: 1,
    finishOnKey: '',
    timeoutMs,
    ...(hints.length > 0 && { speech: { language: visit.language, hints } }),
  });
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}
