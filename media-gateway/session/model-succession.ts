/**
 * What one model's session leaves to the next: the caller's audio, and what the next one hears again or is told, so that
 * the caller is answered once and apologised to once.
 *
 * Invariants:
 * M1 What the caller said is heard again where its words are not there and its answer is not either, or has only begun: then
 *    the answer begins anew, and what was not heard of the broken one is dropped. No other turn is asked twice.
 * M2 In all other cases a session that owes something is told where the talk stopped, as far as that is known.
 * M3 One apology in a call: only for what the caller can have noticed, and not again after that.
 */
import type { ModelEvent } from '../../contracts/realtime-model.ts';
import type { AssistantPart } from './assistant-part.ts';
import type { AssistantVoice } from './assistant-voice.ts';
import type { CallerAudio } from './caller-audio.ts';
import { resumeLine } from './instructions.ts';
import type { FirstLine } from './model-link.ts';
import type { OpenModel } from './open-model.ts';
import { lastExchange } from './session-memory.ts';
import type { TurnKeeper } from './turn-keeper.ts';

export interface ModelSuccession {
  /** A session is there and was told its first line, if there was one. */
  live(open: OpenModel, line: string | undefined): void;
  /** `isHeard` is false for audio of an answer that was cut. */
  event(event: ModelEvent, atMs: number, isHeard: boolean): void;
  /** The session is to be given up; returns what its successor is told first. */
  lineAfterLoss(atMs: number): FirstLine;
  /** It is gone; `mayRepeat`: its successor may hear what it heard. */
  gone(mayRepeat: boolean): void;
}

export interface ModelSuccessionDeps {
  callerAudio: CallerAudio;
  keeper: TurnKeeper;
  voice: Pick<AssistantVoice, 'cut'>;
  /** Of the assistant who has the call now. */
  part: () => AssistantPart;
  /** How much was said so far in the call. */
  said: () => number;
  /** Whether the caller was apologised to before. */
  hasApologised: boolean;
  nowMs: () => number;
}

const ENDS_ANSWER: ReadonlySet<ModelEvent['type']> = new Set(['generationComplete', 'turnComplete', 'interrupted']);

export function createModelSuccession(deps: ModelSuccessionDeps): ModelSuccession {
  const { callerAudio, keeper, voice, said, nowMs } = deps;
  let hasApologised = deps.hasApologised;

  return {
    live({ model, session }, line) {
      const { sessionId, inputFormat, outputFormat, activity = 'model', thinksMs } = session;
      const { conversation, deadAir, tools } = deps.part();
      conversation.modelOpened(outputFormat, activity);
      // What it hears again it can answer from now on.
      if (callerAudio.repeatsTurn()) deadAir.turnGiven(nowMs());
      callerAudio.connect({
        encoding: inputFormat.encoding,
        send: (chunk) => void model.sendAudio(sessionId, chunk),
        ...(activity === 'client' && { signal: (edge) => void model.signalActivity(sessionId, edge) }),
      });
      deadAir.mayThink(thinksMs);
      if (line !== undefined) deadAir.asked(nowMs(), line);
      tools.redeliver();
    },
    event({ type }, atMs, isHeard) {
      if (isHeard) callerAudio.answerComes(atMs);
      if (type === 'toolCall') callerAudio.answered();
      else if (ENDS_ANSWER.has(type) || keeper.callerIsWritten()) callerAudio.answerSuffices();
    },
    lineAfterLoss(atMs) {
      const part = deps.part();
      const { assistant, conversation, deadAir, tools, hard } = part;
      const isOwed = deadAir.owesSince() !== undefined || hard.waitsSince() !== undefined;
      const isOwing = conversation.modelLost(atMs) || isOwed;
      return () => {
        // Results follow it, in words of their own.
        if (isOwing && part.opening?.saidBefore === said()) return part.opening.line;
        const results = tools.takeResults();
        if (!isOwing && results.length === 0) return undefined;
        if (callerAudio.repeatsTurn() && results.length === 0) {
          keeper.callerRepeats();
          return undefined;
        }
        const apologise = !hasApologised;
        hasApologised = true;
        const { callerWords, ...heard } = lastExchange(keeper.history());
        // Of a turn without words nothing is known: those before it were answered.
        const words = keeper.callerIsWritten() && callerWords !== undefined ? { callerWords } : {};
        return resumeLine(assistant, { apologise, results, ...heard, ...words });
      };
    },
    gone(mayRepeat) {
      callerAudio.disconnect(mayRepeat ? 'repeat-turn' : undefined);
      if (callerAudio.repeatsTurn() === 'begun') voice.cut(nowMs());
      const { tools, hard, conversation } = deps.part();
      tools.sessionLost();
      hard.sessionGone();
      conversation.sessionGone();
    },
  };
}
