import type { ModelTrapName, TrapSet } from './model-traps.ts';
import { reasons } from './refusal.ts';

export interface SessionTraps {
  /** Takes an armed trap and writes it down; false where it is not armed. */
  take(name: ModelTrapName): boolean;
  /** The same for a trap that goes on for good. */
  lasts(name: ModelTrapName): boolean;
  /** Those that spring in the middle of an answer; true when the answer ends there. */
  midAnswer(): boolean;
  /** Those that spring after a turn. */
  betweenTurns(): void;
  /** Springs a trap now where it can, and arms it for its next occasion where it cannot. */
  spring(name: ModelTrapName): void;
}

export interface SessionTrapDeps {
  readonly traps: TrapSet;
  readonly sprung: (name: ModelTrapName) => void;
  /** 1006 breaks the connection without a close frame. */
  readonly close: (code: number, reason: string) => void;
  readonly goAway: (leftMs: number) => void;
  readonly sendRaw: (frame: Buffer) => void;
}

const goAwayMs = 5000;
const midAnswerGoAwayMs = 20_000;

/** The traps of one connection. */
export function createSessionTraps({ traps, sprung, close, goAway, sendRaw }: SessionTrapDeps): SessionTraps {
  const ends: Partial<Record<ModelTrapName, () => void>> = {
    'close-1000': () => close(1000, ''),
    'close-1006': () => close(1006, ''),
    'close-1007': () => close(1007, reasons.invalidArgument),
    'close-1008': () => close(1008, reasons.notImplemented),
    'close-1011': () => close(1011, reasons.internal),
  };
  const take = (name: ModelTrapName): boolean => {
    if (!traps.take(name)) return false;
    sprung(name);
    return true;
  };
  const after: Partial<Record<ModelTrapName, () => void>> = {
    'go-away': () => goAway(goAwayMs),
    'deadline-expired': () => close(1011, reasons.deadline),
  };
  return {
    take,
    lasts(name) {
      if (!traps.lasts(name)) return false;
      sprung(name);
      return true;
    },
    midAnswer() {
      if (take('go-away-mid-answer')) goAway(midAnswerGoAwayMs);
      if (take('malformed-frame')) sendRaw(Buffer.from('{"serverContent":{"modelTurn":'));
      for (const name of traps.armed) {
        const end = ends[name];
        if (!end) continue;
        take(name);
        end();
        return true;
      }
      return false;
    },
    betweenTurns() {
      for (const name of traps.armed) {
        const act = after[name];
        if (act && take(name)) act();
      }
    },
    spring(name) {
      traps.arm(name);
      const act = ends[name] ?? after[name];
      if (act && take(name)) act();
    },
  };
}
