import { own } from '../own.ts';
import type {
  AgentAnswer,
  Answers,
  AssistantAnswer,
  CallbackAnswer,
  QueueAnswer,
  SmsAnswer,
  StaffingAnswer,
  ToolAnswer,
  TransferAnswer,
} from './scenario-schema.ts';

interface AnswerOf {
  tools: ToolAnswer;
  assistants: AssistantAnswer;
  transfers: TransferAnswer;
  queues: QueueAnswer;
  agents: AgentAnswer;
  staffing: StaffingAnswer;
  callbacks: CallbackAnswer;
  sms: SmsAnswer;
}
export type AnswerKind = keyof AnswerOf;

/** Deals out a scenario's answers: under the id of the node or of what it asks, in the order in which they are asked for. */
export interface Turns {
  take: <Kind extends AnswerKind>(kind: Kind, ...names: readonly string[]) => AnswerOf[Kind] | { missing: string };
  has: (kind: AnswerKind, ...names: readonly string[]) => boolean;
  /** The first of them, which it leaves where it is. */
  peek: <Kind extends AnswerKind>(kind: Kind, ...names: readonly string[]) => AnswerOf[Kind] | undefined;
}

const words: Readonly<Record<AnswerKind, string>> = {
  tools: 'what the tool answers',
  assistants: 'how the assistant leaves',
  transfers: 'what comes of the transfer',
  queues: 'what the queue does',
  agents: 'what the person does',
  staffing: 'how the queue is staffed',
  callbacks: 'what comes of the callback',
  sms: 'what comes of the message',
};

export function createTurns(answers: Answers): Turns {
  const taken = new Map<string, number>();
  const nameOf = (kind: AnswerKind, names: readonly string[]): string | undefined =>
    names.find((name) => own<unknown>(answers[kind], name) !== undefined);

  return {
    has: (kind, ...names) => nameOf(kind, names) !== undefined,
    peek: (kind, ...names) => {
      const given = own(givenOf(answers, kind), nameOf(kind, names) ?? '');
      return Array.isArray(given) ? given[0] : given;
    },
    take: (kind, ...names) => {
      const name = nameOf(kind, names);
      const given = name === undefined ? undefined : own(givenOf(answers, kind), name);
      const places = [...new Set(names)].map((each) => `"${each}"`).join(' or ');
      if (given === undefined)
        return { missing: `the scenario does not say ${words[kind]}: answers.${kind} lacks ${places}` };
      if (!Array.isArray(given)) return given;
      const key = `${kind}/${name}`;
      const turn = taken.get(key) ?? 0;
      taken.set(key, turn + 1);
      return given[turn] ?? { missing: `answers.${kind} has ${given.length} for "${name}", and it is asked once more` };
    },
  };
}

type Given<Kind extends AnswerKind> = Readonly<Record<string, AnswerOf[Kind] | AnswerOf[Kind][]>> | undefined;

function givenOf<Kind extends AnswerKind>(answers: { [Each in AnswerKind]?: Given<Each> }, kind: Kind): Given<Kind> {
  return answers[kind];
}
