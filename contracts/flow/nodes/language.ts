import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledWords } from '../compiled.ts';
import { leave, type NodeProblem, type NodeSpec, type NodeStep, wait, wrong } from '../node-spec.ts';
import type { NodeVisit } from '../node-visit.ts';
import { closed, Key, LanguageTag, nodeSchema, TimeoutMs, Tries, Words } from '../schema-parts.ts';
import { hintsFor, matchSpoken, type SpokenOption } from '../spoken-words.ts';

const Choice = Type.Object(
  {
    language: LanguageTag,
    digit: Type.Optional(Key),
    /** What may be said for it. */
    words: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 20 })),
    /** Countries whose callers it is for, where the language is detected, such as `CZ`. */
    countries: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { minItems: 1, maxItems: 100 })),
  },
  closed,
);
const schema = nodeSchema('language', {
  method: Type.Union([Type.Literal('ask'), Type.Literal('detect'), Type.Literal('set')]),
  choices: Type.Array(Choice, { minItems: 1, maxItems: 20 }),
  prompt: Type.Optional(Words),
  timeoutMs: Type.Optional(TimeoutMs),
  tries: Type.Optional(Tries),
});
type LanguageNode = Static<typeof schema>;
interface CompiledLanguage extends CompiledNode, Pick<LanguageNode, 'method' | 'choices' | 'timeoutMs' | 'tries'> {
  prompt?: CompiledWords;
}

export const languageNode: NodeSpec<LanguageNode, CompiledLanguage> = {
  type: 'language',
  schema,
  summary: {
    en: 'Chooses the language that the call goes on in.',
    cs: 'Zvolí jazyk, ve kterém hovor pokračuje.',
  },
  waits: 'caller',
  help: {
    method: '`ask` the caller, `detect` it by the number, or `set` the one that is named.',
    choices: 'Each a `language` with its `digit` and `words` to ask for it, and the `countries` that detect it.',
    prompt: 'What is asked; best in each of the languages.',
    timeoutMs: 'Silence after which nothing has come; 5000 unless said.',
    tries: 'How often it asks in all; 2 unless said.',
  },
  example: {
    type: 'language',
    method: 'ask',
    prompt: 'Pro češtinu stiskněte 1. For English, press 2.',
    choices: [
      { language: 'cs-CZ', digit: '1', words: ['česky', 'čeština'] },
      { language: 'en-US', digit: '2', words: ['english'] },
    ],
    timeoutMs: 5000,
    tries: 2,
    edges: { 'cs-CZ': 'welcome', 'en-US': 'welcome', otherwise: 'welcome' },
  },
  isLive: () => true,
  outcomes: ({ method, choices }) => [
    ...new Set(choices.map(({ language }) => language)),
    ...(method === 'set' ? [] : ['otherwise']),
  ],
  check: ({ method, choices, prompt }) => {
    const problems: NodeProblem[] = [];
    const complain = (en: string, cs: string): void => void problems.push(wrong(en, cs));
    if (method === 'set' && choices.length !== 1)
      complain('it sets one language, so it names one', 'nastavuje jeden jazyk, uvádí tedy jeden');
    if (method === 'ask' && prompt === undefined) complain('it does not say what it asks', 'neříká, na co se ptá');
    for (const { language, digit, words } of choices)
      if (method === 'ask' && digit === undefined && words === undefined)
        complain(`${language} has neither a key nor words`, `${language} nemá klávesu ani slova`);
    return problems;
  },
  compile: ({ prompt, ...node }, compiler) => ({
    ...node,
    ...(prompt !== undefined && { prompt: compiler.words(prompt) }),
  }),
  enter: (node, visit) => {
    if (node.method === 'ask') return ask(node, visit);
    if (node.method === 'detect') return detect(node, visit);
    return choose(node.choices[0]?.language ?? visit.language, 'the flow sets it', visit);
  },
  on: (node, event, visit) => {
    if (node.method !== 'ask') return undefined;
    if (event.type === 'digits') {
      const pressed = node.choices.find(({ digit }) => digit === event.digits);
      if (pressed) return choose(pressed.language, `the caller pressed ${event.digits}`, visit);
      return again(node, visit, event.digits === '' ? 'nothing came' : `no language has the key ${event.digits}`);
    }
    if (event.type !== 'speech') return undefined;
    const match = matchSpoken(event.text, spokenOptions(node, visit.language), visit.language);
    return match && 'outcome' in match
      ? choose(match.outcome, `the caller said "${match.phrase}"`, visit)
      : again(node, visit, 'no language answers to what was said');
  },
};

/** What is said for a language counts whichever language the call is in. */
function spokenOptions({ choices }: CompiledLanguage, spoken: string): SpokenOption[] {
  return choices.flatMap(({ language, words }) => (words ? [{ outcome: language, words: { [spoken]: words } }] : []));
}

function choose(language: string, why: string, visit: NodeVisit): NodeStep {
  visit.setLanguage(language);
  visit.because(why);
  return leave(language);
}

function detect({ choices }: CompiledLanguage, visit: NodeVisit): NodeStep {
  const country = visit.lookup('caller.country');
  const guessed = visit.lookup('caller.language');
  for (const { language, countries = [] } of choices) {
    if (typeof country === 'string' && countries.includes(country))
      return choose(language, `the caller's number is from ${country}`, visit);
    if (countries.length === 0 && guessed === language)
      return choose(language, `the caller's number suggests it`, visit);
    visit.lost(language, countries.length === 0 ? 'nothing suggests it' : `it is for ${countries.join(', ')}`);
  }
  visit.because(`nothing suggests one of them; the call stays in ${visit.language}`);
  return leave('otherwise');
}

function ask(node: CompiledLanguage, visit: NodeVisit): NodeStep {
  const hints = hintsFor(spokenOptions(node, visit.language), visit.language);
  const hasKeys = node.choices.some(({ digit }) => digit !== undefined);
  visit.instruct({
    type: 'gather',
    input: hints.length === 0 ? 'digits' : hasKeys ? 'both' : 'speech',
    prompts: node.prompt === undefined ? [] : visit.spoken(node.prompt),
    maxDigits: 1,
    finishOnKey: '',
    timeoutMs: node.timeoutMs ?? 5000,
    ...(hints.length > 0 && { speech: { language: visit.language, hints } }),
  });
  return wait('asked');
}

function again(node: CompiledLanguage, visit: NodeVisit, why: string): NodeStep {
  const tries = node.tries ?? 2;
  const attempt = visit.tryAgain();
  visit.because(`${why}; try ${attempt} of ${tries}`);
  return attempt >= tries ? leave('otherwise') : ask(node, visit);
}
