/**
 * Hands a question that the assistant's model finds hard to a model that thinks longer, and the call back after its answer.
 *
 * Phases: `usual` -> `opening` (asked; the other model's session opens beside the present one, which waits for the function's
 * result) -> `deep` (the other model has the call) -> `usual`.
 *
 * Invariants:
 * H1 Whatever ends the deep session, its own loss included, gives the call back to the usual model, which is told what was
 *    said, and that it owes an answer where none was given.
 * H2 Where the deep session is not to be had, the function has failed, and the model that asked goes on.
 * H3 The call goes back between two turns only: as soon as the model hands it back, and without its word once it has answered
 *    and nobody has spoken for `BACK_AFTER_MS`.
 */
import type { ModelEvent } from '../../contracts/realtime-model.ts';
import type { Json } from '../../contracts/tools.ts';
import type { FirstLine } from './model-link.ts';
import { hardQuestionLine } from './instructions.ts';
import { HAND_BACK, THINK_HARDER } from './model-tools.ts';
import type { ToolRequest } from './tool-desk.ts';

export interface HardQuestion {
  /** Takes a call of one of its functions; false for any other. */
  call(call: ToolRequest, atMs: number): boolean;
  cancel(ids: readonly string[]): void;
  /** `isHeard` is false for audio of an answer that was cut. */
  event(event: ModelEvent, atMs: number, isHeard: boolean): void;
  /** The session that had the call is gone. */
  sessionGone(): void;
  /** `isQuiet`: nobody is in the middle of something. */
  tick(atMs: number, isQuiet: () => boolean): void;
  isOpening(): boolean;
  /** Since when the caller waits for the first sound of the answer. */
  waitsSince(): number | undefined;
}

export interface HardQuestionDeps {
  /** Opens the other model's session in the place of the present one. */
  open: (line: FirstLine, isWanted: () => boolean) => Promise<'exchanged' | 'kept' | 'gone'>;
  giveBack: (atMs: number) => void;
  answerTool: (call: ToolRequest, response: { status: string; hint: string }) => void;
}

type Phase =
  | { readonly type: 'usual' }
  | { readonly type: 'opening'; readonly call: ToolRequest; readonly sinceMs: number }
  | {
      readonly type: 'deep';
      readonly sinceMs: number;
      hasSpoken: boolean;
      /** When its answer was over. */
      answeredMs?: number;
      handsBack: boolean;
    };

const BACK_AFTER_MS = 1000;
const USUAL: Phase = { type: 'usual' };

export function createHardQuestion({ open, giveBack, answerTool }: HardQuestionDeps): HardQuestion {
  let phase: Phase = USUAL;

  const ask = async (call: ToolRequest, sinceMs: number): Promise<void> => {
    const opening: Phase = { type: 'opening', call, sinceMs };
    phase = opening;
    const line = (): string => {
      phase = { type: 'deep', sinceMs, hasSpoken: false, handsBack: false };
      return hardQuestionLine(questionOf(call.args));
    };
    const result = await open(line, () => phase === opening);
    if (phase !== opening) return;
    phase = USUAL;
    if (result === 'kept')
      answerTool(call, {
        status: 'failed',
        hint: 'Nobody can think longer now. Answer it yourself as well as you can.',
      });
  };

  return {
    call(call, atMs) {
      if (call.name === HAND_BACK) {
        if (phase.type === 'deep') phase.handsBack = true;
        else answerTool(call, { status: 'failed', hint: 'The conversation is yours already. Go on.' });
        return true;
      }
      if (call.name !== THINK_HARDER) return false;
      if (phase.type === 'usual') void ask(call, atMs);
      else answerTool(call, { status: 'failed', hint: 'That is being done. Do not call it again.' });
      return true;
    },
    cancel(ids) {
      if (phase.type === 'opening' && ids.includes(phase.call.id)) phase = USUAL;
    },
    event(event, atMs, isHeard) {
      if (phase.type !== 'deep') return;
      if (isHeard) phase.hasSpoken = true;
      if (event.type === 'turnComplete' && phase.hasSpoken) phase.answeredMs = atMs;
      else if (isHeard) delete phase.answeredMs;
    },
    sessionGone() {
      if (phase.type === 'deep') phase = USUAL;
    },
    tick(atMs, isQuiet) {
      if (phase.type !== 'deep') return;
      const isOver = phase.answeredMs !== undefined && atMs - phase.answeredMs >= BACK_AFTER_MS;
      const isUseless = phase.handsBack && !phase.hasSpoken;
      if (isUseless || ((phase.handsBack || isOver) && isQuiet())) giveBack(atMs);
    },
    isOpening: () => phase.type === 'opening',
    waitsSince() {
      if (phase.type === 'opening') return phase.sinceMs;
      return phase.type === 'deep' && !phase.hasSpoken ? phase.sinceMs : undefined;
    },
  };
}

function questionOf(args: Json): string {
  const isObject = typeof args === 'object' && args !== null && 'question' in args;
  return isObject && typeof args.question === 'string' ? args.question : '';
}
