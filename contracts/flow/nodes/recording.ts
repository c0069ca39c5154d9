import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledWords } from '../compiled.ts';
import { leave, type NodeProblem, type NodeSpec, wait, wrong } from '../node-spec.ts';
import { closed, Key, nodeSchema, TimeoutMs, Words } from '../schema-parts.ts';

const Consent = Type.Object(
  {
    prompt: Words,
    /** By staying on the line, by pressing the key, or unless the key is pressed. */
    given: Type.Union([Type.Literal('by-staying'), Type.Literal('by-key'), Type.Literal('unless-key')]),
    key: Type.Optional(Key),
    timeoutMs: Type.Optional(TimeoutMs),
  },
  closed,
);
const schema = nodeSchema('recording', {
  action: Type.Union((['start', 'pause', 'resume', 'stop'] as const).map((action) => Type.Literal(action))),
  consent: Type.Optional(Consent),
});
interface RecordingNode {
  type: 'recording';
  action: 'start' | 'pause' | 'resume' | 'stop';
  consent?: Static<typeof Consent>;
  edges: Record<string, string>;
}
interface CompiledRecording extends CompiledNode, Pick<RecordingNode, 'action'> {
  consent?: Omit<Static<typeof Consent>, 'prompt'> & { prompt: CompiledWords };
}

export const recordingNode: NodeSpec<RecordingNode, CompiledRecording> = {
  type: 'recording',
  schema,
  summary: {
    en: 'Starts, pauses or stops the recording, with consent.',
    cs: 'Spustí, přeruší nebo ukončí nahrávání, se souhlasem.',
  },
  waits: 'caller',
  help: {
    action: '`start`, `pause`, `resume` or `stop`.',
    consent:
      'With `start`: the `prompt`, and how consent is `given`: `by-staying` on the line, `by-key`, or `unless-key` is pressed; `key` and `timeoutMs`.',
  },
  example: {
    type: 'recording',
    action: 'start',
    consent: {
      prompt: {
        'cs-CZ': 'Hovor nahráváme. Nepřejete-li si to, stiskněte 9.',
        'en-US': 'This call is recorded. Press 9 if you do not agree.',
      },
      given: 'unless-key',
      key: '9',
      timeoutMs: 3000,
    },
    edges: { next: 'menu', refused: 'menu' },
  },
  isLive: () => true,
  outcomes: ({ consent }) => (consent && consent.given !== 'by-staying' ? ['next', 'refused'] : ['next']),
  check: ({ action, consent }) => {
    const problems: NodeProblem[] = [];
    if (consent && action !== 'start')
      problems.push(wrong('consent is asked for at the start alone', 'souhlas se zjišťuje jen na začátku'));
    if (consent && consent.given !== 'by-staying' && consent.key === undefined)
      problems.push(wrong('it does not say which key', 'neříká, která klávesa'));
    if (!consent && action === 'start')
      problems.push({
        severity: 'warning',
        message: { en: 'recording starts without asking for consent', cs: 'nahrávání začne bez souhlasu' },
      });
    return problems;
  },
  compile: ({ consent, ...node }, compiler) => ({
    ...node,
    ...(consent && { consent: { ...consent, prompt: compiler.words(consent.prompt) } }),
  }),
  enter: ({ action, consent }, visit) => {
    if (!consent || consent.given === 'by-staying') {
      if (consent) visit.instruct(...visit.spoken(consent.prompt));
      visit.instruct({ type: 'record', action });
      return leave('next');
    }
    visit.instruct({
      type: 'gather',
      input: 'digits',
      prompts: visit.spoken(consent.prompt),
      maxDigits: 1,
      finishOnKey: '',
      timeoutMs: consent.timeoutMs ?? 5000,
    });
    return wait('asked for consent');
  },
  on: ({ action, consent }, event, visit) => {
    if (event.type !== 'digits' || !consent) return undefined;
    const pressed = event.digits === consent.key;
    const agrees = consent.given === 'by-key' ? pressed : !pressed;
    visit.because(
      `the caller ${pressed ? 'pressed' : 'did not press'} ${consent.key}, which ${agrees ? 'agrees' : 'refuses'}`,
    );
    if (!agrees) return leave('refused');
    visit.instruct({ type: 'record', action });
    return leave('next');
  },
};
