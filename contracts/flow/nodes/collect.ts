import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledWords } from '../compiled.ts';
import { compilePattern, matchesPattern } from '../conditions/pattern.ts';
import { leave, type NodeProblem, type NodeSpec, type NodeStep, wait, wrong } from '../node-spec.ts';
import type { NodeVisit } from '../node-visit.ts';
import { closed, Key, nodeSchema, TimeoutMs, Tries, VariableName, Words } from '../schema-parts.ts';

const schema = nodeSchema('collect', {
  prompt: Words,
  variable: VariableName,
  input: Type.Optional(Type.Union([Type.Literal('digits'), Type.Literal('speech'), Type.Literal('both')])),
  minDigits: Type.Integer({ minimum: 1, maximum: 64 }),
  maxDigits: Type.Integer({ minimum: 1, maximum: 64 }),
  finishOnKey: Type.String({ pattern: '^[0-9*#]?$' }),
  timeoutMs: TimeoutMs,
  tries: Tries,
  pattern: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  confirm: Type.Optional(Type.Object({ prompt: Words, yesKey: Key }, closed)),
  onSilence: Type.Optional(Words),
  onInvalid: Type.Optional(Words),
  sensitive: Type.Optional(Type.Boolean()),
});
type Collect = Static<typeof schema>;
interface CompiledCollect
  extends CompiledNode, Omit<Collect, 'type' | 'edges' | 'prompt' | 'confirm' | 'onSilence' | 'onInvalid'> {
  prompt: CompiledWords;
  confirm?: { prompt: CompiledWords; yesKey: string };
  onSilence?: CompiledWords;
  onInvalid?: CompiledWords;
}

export const collectNode: NodeSpec<Collect, CompiledCollect> = {
  type: 'collect',
  schema,
  summary: {
    en: 'Asks for digits or words, such as an order number.',
    cs: 'Vyžádá si číslice nebo slova, třeba číslo objednávky.',
  },
  waits: 'caller',
  help: {
    prompt: 'What is asked.',
    variable: 'The variable under `vars` that takes what was typed or said.',
    input: '`digits`, the default, `speech` or `both`.',
    minDigits: 'Fewer digits are invalid.',
    maxDigits: 'The input ends here by itself.',
    finishOnKey: 'The key that ends the input; empty: none.',
    timeoutMs: 'Silence after which the input ends.',
    tries: 'How often it asks in all.',
    pattern: 'A regular expression that the input must match.',
    confirm: 'Reads the input back with its `prompt`; any key but `yesKey` asks anew.',
    onSilence: 'Said before the prompt is repeated because nothing came.',
    onInvalid: 'Said before the prompt is repeated because the input does not do.',
    sensitive: 'Keeps what is typed out of the ledger and of recordings, and away from assistants.',
  },
  example: {
    type: 'collect',
    prompt: { 'cs-CZ': 'Zadejte číslo objednávky a křížek.', 'en-US': 'Enter your order number, then hash.' },
    variable: 'order',
    minDigits: 4,
    maxDigits: 8,
    finishOnKey: '#',
    timeoutMs: 5000,
    tries: 3,
    confirm: {
      prompt: {
        'cs-CZ': 'Zadali jste {{ vars.order | digits }}. Souhlasí-li to, stiskněte 1.',
        'en-US': 'You entered {{ vars.order | digits }}. Press 1 if that is right.',
      },
      yesKey: '1',
    },
    edges: { collected: 'helper', noInput: 'bye', invalid: 'bye' },
  },
  isLive: () => true,
  outcomes: () => ['collected', 'noInput', 'invalid'],
  sets: ({ variable }) => [variable],
  hides: ({ variable, sensitive }) => (sensitive === true ? [variable] : []),
  check: ({ minDigits, maxDigits, pattern }) => {
    const problems: NodeProblem[] = [];
    if (minDigits > maxDigits)
      problems.push(wrong('minDigits is greater than maxDigits', 'minDigits je větší než maxDigits'));
    const compiled = pattern === undefined ? undefined : compilePattern(pattern);
    if (compiled && 'problem' in compiled)
      problems.push(wrong(`the pattern: ${compiled.problem.en}`, `vzor: ${compiled.problem.cs}`));
    return problems;
  },
  compile: ({ prompt, confirm, onSilence, onInvalid, ...node }, compiler) => ({
    ...node,
    sensitive: node.sensitive === true || compiler.isSensitive(`vars.${node.variable}`),
    prompt: compiler.words(prompt),
    ...(confirm && { confirm: { ...confirm, prompt: compiler.words(confirm.prompt) } }),
    ...(onSilence !== undefined && { onSilence: compiler.words(onSilence) }),
    ...(onInvalid !== undefined && { onInvalid: compiler.words(onInvalid) }),
  }),
  enter: (node, visit) => {
    ask(node, visit);
    return wait();
  },
  on: (node, event, visit) => {
    if (event.type !== 'digits' && event.type !== 'speech') return undefined;
    const given = event.type === 'digits' ? event.digits : event.text;
    if (visit.memory['confirming'] === true) return confirmed(node, visit, given);
    if (given === '') return again(node, visit, 'noInput', 'nothing came');
    const fault = faultOf(node, event.type, given);
    if (fault !== undefined) return again(node, visit, 'invalid', fault);
    if (!visit.setTyped(node.variable, given))
      return again(node, visit, 'invalid', 'it is not of the type of its variable');
    if (!node.confirm) return leave('collected');
    visit.remember({ confirming: true });
    visit.instruct({
      type: 'gather',
      input: 'digits',
      prompts: visit.spoken(node.confirm.prompt),
      maxDigits: 1,
      finishOnKey: '',
      timeoutMs: node.timeoutMs,
      ...(node.sensitive === true && { sensitive: true }),
    });
    return wait('confirming');
  },
};

function faultOf(
  { minDigits, maxDigits, pattern, input = 'digits' }: CompiledCollect,
  type: 'digits' | 'speech',
  given: string,
): string | undefined {
  if (input !== 'both' && input !== type) return `${type} where ${input} was asked for`;
  if (type === 'digits' && (given.length < minDigits || given.length > maxDigits))
    return `${given.length} digits where ${minDigits} to ${maxDigits} are wanted`;
  const compiled = pattern === undefined ? undefined : compilePattern(pattern);
  return compiled && 'pattern' in compiled && !matchesPattern(compiled.pattern, given)
    ? 'it does not match the pattern'
    : undefined;
}

function confirmed(node: CompiledCollect, visit: NodeVisit, given: string): NodeStep {
  visit.remember({});
  if (given === node.confirm?.yesKey) {
    visit.because('the caller confirmed it');
    return leave('collected');
  }
  visit.unset(node.variable);
  return again(node, visit, given === '' ? 'noInput' : 'invalid', 'the caller did not confirm it');
}

function again(node: CompiledCollect, visit: NodeVisit, outcome: 'noInput' | 'invalid', why: string): NodeStep {
  const attempt = visit.tryAgain();
  visit.because(`${why}; try ${attempt} of ${node.tries}`);
  if (attempt >= node.tries) return leave(outcome);
  ask(node, visit, outcome === 'noInput' ? node.onSilence : node.onInvalid);
  return wait(outcome);
}

function ask(node: CompiledCollect, visit: NodeVisit, before?: CompiledWords): void {
  const { prompt, maxDigits, finishOnKey, timeoutMs, input = 'digits', sensitive } = node;
  const prompts = [...(before === undefined ? [] : visit.spoken(before)), ...visit.spoken(prompt)];
  visit.instruct({
    type: 'gather',
    input,
    prompts,
    maxDigits,
    finishOnKey,
    timeoutMs,
    ...(sensitive === true && { sensitive }),
    ...(input !== 'digits' && { speech: { language: visit.language, hints: [] } }),
  });
}
