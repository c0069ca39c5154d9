/**
 * What callers say whose calls are about to come here: each is kept for the epoch that begins, which hears it from where
 * the gateway before had left off.
 *
 * Phases of a fork: `open` (its audio comes) -> `over` (no more comes; what is kept may still be taken) -> gone.
 *
 * Invariants:
 * W1 A call has one fork, the newest; there are at most `mostForks`, each for `FORK_LASTS_MS` at most.
 * W2 The call is told once that its caller is heard, with the first of his audio.
 * W3 Whoever takes a fork closes it. What nobody takes is dropped unheard.
 */
import type { Logger } from 'pino';
import { AppError, messageOf } from '../contracts/errors.ts';
import type { ForkHeard } from '../contracts/messages.ts';
import type { Admit } from './carrier-socket.ts';
import type { ForkAdmission } from './fork-admission.ts';
import { createForkedAudio, type ForkedCaller } from './session/forked-caller.ts';

export interface Forks {
  admit: Admit;
  /** What is kept for that epoch of the call. */
  take(call: { callId: string; epoch: number }): ForkedCaller | undefined;
  closeAll(): void;
}

export interface ForksDeps {
  admission: ForkAdmission;
  /** Tells the call that its caller is heard here. */
  tellHeard: (call: { tenantId: string; callId: string }, heard: ForkHeard) => Promise<boolean>;
  mostForks: number;
  log: Logger;
}

interface Fork extends ForkedCaller {
  readonly epoch: number;
  drop(): void;
}

const FORK_LASTS_MS = 30_000;

export function createForks({ admission, tellHeard, mostForks, log }: ForksDeps): Forks {
  const waiting = new Map<string, Fork>();

  return {
    async admit(message, signature, carrier) {
      const { tenantId, callId, epoch, gatewayId } = await admission(message, signature);
      const before = waiting.get(callId);
      if (before && before.epoch >= epoch) throw new AppError('stream-refused', 'the call has a fork already');
      if (waiting.size >= mostForks) throw new AppError('stream-refused', 'too many forks');
      before?.drop();
      const audio = createForkedAudio();
      let phase: 'open' | 'over' = 'open';
      let isTold = false;
      const over = (): void => {
        phase = 'over';
      };
      const close = (): void => {
        clearTimeout(timer);
        if (phase === 'open') carrier.close();
        over();
      };
      const drop = (): void => {
        close();
        if (waiting.get(callId) === fork) waiting.delete(callId);
      };
      const timer = setTimeout(drop, FORK_LASTS_MS);
      const fork: Fork = { epoch, read: () => audio.read(), isOver: () => phase === 'over', close, drop };
      waiting.set(callId, fork);
      log.info({ callId, epoch }, 'a caller is heard before his call is here');
      return {
        media(timestampMs, mulaw, arrivedMs) {
          if (phase === 'over') return;
          audio.add(timestampMs, mulaw, arrivedMs);
          if (isTold) return;
          isTold = true;
          tellHeard({ tenantId, callId }, { epoch, gatewayId }).catch((failure: unknown) => {
            log.warn({ callId, reason: messageOf(failure) }, 'the call could not be told that its caller is heard');
          });
        },
        mark: () => {},
        digit: () => {},
        callerGone() {
          over();
          drop();
        },
        streamLost: over,
      };
    },
    take({ callId, epoch }) {
      const fork = waiting.get(callId);
      if (!fork || fork.epoch > epoch) return undefined;
      if (fork.epoch < epoch) {
        fork.drop();
        return undefined;
      }
      waiting.delete(callId);
      return fork;
    },
    closeAll() {
      for (const fork of waiting.values()) fork.drop();
    },
  };
}
