import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledText } from '../compiled.ts';
import { leave, type NodeSpec, wait, wrong } from '../node-spec.ts';
import { closed, Key, nodeSchema, Reference, Text } from '../schema-parts.ts';

const Hold = Type.Object(
  {
    musicPromptId: Type.Optional(Reference),
    /** Said in turn. */
    announcements: Type.Optional(Type.Array(Text, { maxItems: 10 })),
    announceEveryS: Type.Optional(Type.Integer({ minimum: 10, maximum: 600 })),
    tellPosition: Type.Optional(Type.Boolean()),
    tellWait: Type.Optional(Type.Boolean()),
    /** Keys that lead out of the queue, each an outcome `key1`, `key*`, … */
    exitKeys: Type.Optional(Type.Array(Key, { maxItems: 12, uniqueItems: true })),
    /** The key that asks to be called back, the outcome `callback`. */
    callbackKey: Type.Optional(Key),
  },
  closed,
);
const schema = nodeSchema('queue', {
  queueId: Reference,
  priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
  skills: Type.Optional(Type.Array(Reference, { maxItems: 20 })),
  hold: Type.Optional(Hold),
  maxWaitS: Type.Integer({ minimum: 5, maximum: 86_400 }),
});
type Queue = Static<typeof schema>;
interface CompiledQueue extends CompiledNode, Omit<Queue, 'type' | 'edges' | 'hold'> {
  hold: Omit<Static<typeof Hold>, 'announcements'> & { announcements: readonly CompiledText[] };
}

export const queueNode: NodeSpec<Queue, CompiledQueue> = {
  type: 'queue',
  schema,
  summary: {
    en: 'Lets the caller wait for the next agent of a queue.',
    cs: 'Nechá volajícího čekat ve frontě na volného operátora.',
  },
  waits: 'world',
  help: {
    queueId: 'The queue.',
    priority: 'From 1, the highest, to 9; 5 unless said.',
    skills: 'What the agent must be able to do.',
    hold: 'What the caller gets meanwhile: `musicPromptId`, `announcements` in turn every `announceEveryS` seconds, `tellPosition`, `tellWait`, `exitKeys` (each an outcome `key1`, `key2`, …) and the `callbackKey`.',
    maxWaitS: 'The longest wait.',
  },
  example: {
    type: 'queue',
    queueId: 'support',
    priority: 3,
    skills: ['cs'],
    hold: {
      musicPromptId: 'hold-music',
      announcements: [
        { 'cs-CZ': 'Jste {{ queue.position }}. v pořadí.', 'en-US': 'You are number {{ queue.position }}.' },
      ],
      announceEveryS: 30,
      tellWait: true,
      exitKeys: ['1'],
      callbackKey: '2',
    },
    maxWaitS: 600,
    edges: {
      served: 'bye',
      timeout: 'voicemail',
      full: 'voicemail',
      unstaffed: 'voicemail',
      callback: 'callback',
      key1: 'menu',
    },
  },
  isLive: () => false,
  outcomes: ({ hold }) => [
    'served',
    'timeout',
    'full',
    'unstaffed',
    'callback',
    ...(hold?.exitKeys ?? []).map((key) => `key${key}`),
  ],
  check: ({ hold: { callbackKey, exitKeys = [] } = {} }) =>
    callbackKey !== undefined && exitKeys.includes(callbackKey)
      ? [
          wrong(
            `the key ${callbackKey} both leaves and asks for a callback`,
            `klávesa ${callbackKey} zároveň odchází a žádá o zpětné volání`,
          ),
        ]
      : [],
  compile: ({ hold: { announcements = [], ...hold } = {}, ...node }, compiler) => {
    if (hold.musicPromptId !== undefined) compiler.words({ promptId: hold.musicPromptId });
    return { ...node, hold: { ...hold, announcements: announcements.map((text) => compiler.text(text)) } };
  },
  enter: ({ queueId, priority = 5, skills = [], hold, maxWaitS }, visit) => {
    const { musicPromptId, announcements, announceEveryS = 30, tellPosition = false, tellWait = false } = hold;
    visit.instruct({
      type: 'enqueue',
      nodeId: visit.nodeId,
      visit: visit.visit,
      queueId,
      priority,
      skills,
      maxWaitS,
      hold: {
        ...(musicPromptId !== undefined && { music: visit.audio(musicPromptId) }),
        announcements: announcements.map((text) => visit.speech(text)),
        announceEveryS,
        tellPosition,
        tellWait,
        exitKeys: hold.exitKeys ?? [],
        ...(hold.callbackKey !== undefined && { callbackKey: hold.callbackKey }),
      },
    });
    return wait();
  },
  on: (_node, event, visit) => {
    if (event.type !== 'queueEnded') return undefined;
    if (event.facts) visit.learnQueue(event.facts);
    visit.because(`the queue says ${event.outcome}`);
    return leave(event.outcome);
  },
};
