import type { ModelToolResult } from '../../contracts/realtime-model.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import type { AssistantVoice } from './assistant-voice.ts';
import type { CallerAudio } from './caller-audio.ts';
import { type Conversation, type ConversationPort, createConversation } from './conversation.ts';
import { createDeadAir, type DeadAir } from './dead-air.ts';
import { createHardQuestion, type HardQuestion } from './hard-question.ts';
import { resultsLine } from './instructions.ts';
import type { FirstLine, ModelLink } from './model-link.ts';
import { modelWish } from './model-wish.ts';
import type { SensitiveNews } from './sensitive-entry.ts';
import type { SessionDeps, SessionStart } from './session-deps.ts';
import type { Said } from './session-memory.ts';
import { createToolDesk, type ToolDesk } from './tool-desk.ts';
import type { TurnKeeper } from './turn-keeper.ts';

/** Whose part of the call it is. */
export type Role = Pick<SessionStart, 'assistant' | 'vars' | 'visit'>;

/** The assistant who has the call, and all that ends with it. */
export interface AssistantPart extends Role {
  readonly conversation: Conversation;
  readonly tools: ToolDesk;
  readonly deadAir: DeadAir;
  readonly hard: HardQuestion;
  /** What it says first, and how much had been said before, as far as that is known. */
  opening: { line: string; saidBefore: number } | undefined;
}

/** What is the stream's and not the assistant's. */
export interface PartDeps {
  role: Role;
  isGreeted: boolean;
  voice: AssistantVoice;
  keeper: TurnKeeper;
  callZeroMs: number;
  link: ModelLink;
  callerAudio: Pick<CallerAudio, 'take' | 'endTurn'>;
  session: Pick<SessionDeps, 'nowMs' | 'line' | 'connectTimeoutMs' | 'askNet' | 'log'>;
  /** What was said so far in the call. */
  seed: () => Said[];
  /** Whether this assistant has the call: of one who has left nothing reaches the model any more. */
  isCurrent: (part: AssistantPart) => boolean;
  leave: (outcome: string, data?: JsonObject) => void;
  fail: (why: string) => void;
}

export function createAssistantPart(deps: PartDeps): AssistantPart {
  const { role, isGreeted, voice, keeper, callZeroMs, link, session, isCurrent } = deps;
  const { assistant } = role;
  /** False where there is no model to tell. */
  const deliver = (results: readonly ModelToolResult[]): boolean => {
    if (!isCurrent(part) || !link.deliver(results)) return false;
    deadAir.asked(session.nowMs());
    return true;
  };
  const tell = (line: string): boolean => {
    if (!isCurrent(part) || !link.isLive()) return false;
    link.tell(line);
    deadAir.asked(session.nowMs());
    return true;
  };
  const tools = createToolDesk({
    tools: assistant.tools,
    run: (call) => session.line.runTool(call),
    deliver,
    tell: (results) => tell(resultsLine(results)),
  });
  const hard = createHardQuestion({
    open: (line, isWanted) => openDeep(deps, line, () => isCurrent(part) && isWanted()),
    giveBack: (atMs) => link.giveBack(atMs),
    answerTool: ({ id, name }, response) => void deliver([{ id, name, response }]),
  });
  const port: ConversationPort = {
    tellModel: (text) => void tell(text),
    hearCaller: (mulaw) => deps.callerAudio.take(mulaw),
    endCallerTurn: () => {
      deps.callerAudio.endTurn();
      deadAir.turnGiven(session.nowMs());
    },
    runTool: (call) => {
      const atMs = session.nowMs();
      if (!hard.call(call, atMs)) tools.call(call, atMs);
    },
    answerTool: ({ id, name }, response) => void deliver([{ id, name, response }]),
    cancelTools: (ids) => {
      hard.cancel(ids);
      tools.cancel(ids);
    },
    tellSensitive: (news) => tellSensitive(deps, news),
    leave: deps.leave,
  };
  const conversation = createConversation({
    assistant,
    voice,
    keeper,
    callZeroMs,
    isGreeted,
    askNet: session.askNet,
    port,
  });
  const deadAir = createDeadAir({
    assistant,
    conversation,
    link,
    toolRunsSince: () => tools.runsSince(),
    thinksSince: () => hard.waitsSince(),
    giveUp: deps.fail,
    log: session.log,
  });
  const part: AssistantPart = { ...role, conversation, tools, deadAir, hard, opening: undefined };
  return part;
}

/** A session of the model for hard questions, which knows what was said, in the place of the present one. */
async function openDeep(
  { role, link, session, seed }: PartDeps,
  line: FirstLine,
  isWanted: () => boolean,
): Promise<'exchanged' | 'kept' | 'gone'> {
  const deep = role.assistant.model.hardQuestions;
  if (!deep) return 'kept';
  const wish = modelWish(role, { seed: seed() }, session.connectTimeoutMs, new Set(), deep.modelId);
  return link.exchange(wish, line, isWanted);
}

/** What was given is worth a second try, for the caller has typed it once; so is what lets a recording go on. Never rejects. */
async function tellSensitive({ role, session }: PartDeps, news: SensitiveNews): Promise<boolean> {
  const { visit } = role;
  if (visit === undefined) return false; // without the workflow there is nobody to keep it
  const tell = (): Promise<boolean> =>
    session.line.sensitiveEntry({ visit, ...news }).catch((err: unknown) => {
      session.log.warn({ state: news.state, err }, 'the call could not be told of a sensitive input');
      return false;
    });
  return (await tell()) || ((news.state === 'given' || news.state === 'over') && (await tell()));
}
