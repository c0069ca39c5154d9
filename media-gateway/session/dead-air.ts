import type { Logger } from 'pino';
import type { AssistantVersion } from '../../contracts/assistant.ts';
import type { ModelEvent } from '../../contracts/realtime-model.ts';
import { holdTone } from '../audio/hold-tone.ts';
import type { Conversation } from './conversation.ts';
import { createHoldPhrase } from './hold-phrase.ts';
import type { ModelLink } from './model-link.ts';
import { createModelWatch } from './model-watch.ts';
import { recordedPhrase } from './recorded-phrases.ts';

/** Keeps the caller from hearing nothing: from a model that says nothing, and from a tool that takes its time. */
export interface DeadAir {
  /** The model that has the call now may think so long before it answers. */
  mayThink(ms: number | undefined): void;
  /** The model was told something that calls for an answer; `line` is what it is told once more if none comes. */
  asked(atMs: number, line?: string): void;
  /** The model was told that the caller's turn is over; never, where it finds the turns by itself. */
  turnGiven(atMs: number): void;
  /** `isHeard` is false for audio of an answer that was cut. */
  event(event: ModelEvent, atMs: number, isHeard: boolean): void;
  /** Since when the model has owed the caller something. */
  owesSince(): number | undefined;
  /** Every tenth of a second. */
  tick(atMs: number): void;
}

export interface DeadAirDeps {
  assistant: Pick<AssistantVersion, 'model' | 'language'>;
  conversation: Pick<
    Conversation,
    'isLeaving' | 'isTyping' | 'isCallerSpeaking' | 'callerWaitsSince' | 'quietSince' | 'speak' | 'signal'
  >;
  link: Pick<ModelLink, 'isLive' | 'tell' | 'reopen'>;
  /** Since when a tool has been running whose result the model wants. */
  toolRunsSince: () => number | undefined;
  /** Since when a hard question has waited for the first sound of its answer. */
  thinksSince: () => number | undefined;
  /** Nothing helps. */
  giveUp: (why: string) => void;
  log: Logger;
}

const tone = holdTone();
const HELD_BACK_MS = 1000; // a turn that is given later than this was held back while the assistant spoke

export function createDeadAir(deps: DeadAirDeps): DeadAir {
  const { assistant, conversation, link, toolRunsSince, thinksSince, giveUp, log } = deps;
  const watch = createModelWatch(assistant.model.latencyProfile);
  const hold = createHoldPhrase();
  let turnGivenMs: number | undefined;

  /** Since when the caller waits for what the model knows of: what is held back, or was no turn, is not owed. */
  const callerWaitsSinceMs = (atMs: number): number | undefined => {
    const waitsSinceMs = conversation.callerWaitsSince(atMs);
    if (waitsSinceMs === undefined || turnGivenMs === undefined) return waitsSinceMs;
    if (turnGivenMs < waitsSinceMs) return undefined;
    return turnGivenMs - waitsSinceMs > HELD_BACK_MS ? turnGivenMs : waitsSinceMs;
  };

  return {
    mayThink: (ms) => watch.mayThink(ms),
    asked: (atMs, line) => watch.asked(atMs, line),
    turnGiven(atMs) {
      turnGivenMs = atMs;
    },
    event(event, atMs, isHeard) {
      watch.event(event, atMs, isHeard);
      if (isHeard) hold.modelSpoke();
    },
    owesSince: () => watch.owesSince(),
    tick(atMs) {
      if (conversation.isLeaving() || conversation.isTyping()) return;
      const toolSinceMs = toolRunsSince();
      const strike = watch.tick({
        atMs,
        isLive: link.isLive(),
        callerSpeaks: conversation.isCallerSpeaking(),
        callerWaitsSinceMs: callerWaitsSinceMs(atMs),
        toolsRun: toolSinceMs !== undefined,
      });
      if (strike) log.warn({ strike: strike.type }, 'the model owes an answer');
      if (strike?.type === 'remind') link.tell(strike.line);
      else if (strike?.type === 'reopen') link.reopen('same-model', atMs);
      else if (strike?.type === 'changeModel') link.reopen('other-model', atMs);
      else if (strike?.type === 'giveUp') return giveUp('the model says nothing');
      const owedSinceMs = watch.owesSince();
      const quietSinceMs = conversation.quietSince();
      const bridgedSinceMs = toolSinceMs ?? thinksSince();
      if (!hold.isDue({ atMs, quietSinceMs, toolSinceMs: bridgedSinceMs, owedSinceMs })) return;
      const phrase = recordedPhrase(assistant.language, 'one-moment');
      if (phrase) conversation.speak(phrase, atMs);
      else conversation.signal(tone, atMs);
    },
  };
}
