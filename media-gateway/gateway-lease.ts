/**
 * This gateway's lease at Temporal: a workflow whose one activity beats here for as long as we live. It ends without our
 * doing where Temporal was away; then another is opened, since nobody would hear of our death otherwise.
 */
import type { Logger } from 'pino';
import { messageOf } from '../contracts/errors.ts';

export interface GatewayLeaseDeps {
  /** Starts the lease's workflow, or leaves the one that runs. */
  open: () => Promise<void>;
  log: Logger;
}

/** The activity's own side: what it beats with, and what rejects when the server has taken it back. */
export interface Heartbeat {
  beat: () => void;
  cancelled: Promise<never>;
}

export interface GatewayLease {
  /** Beats until the lease is let go of. Rejects when the server has taken it back. */
  hold(heartbeat: Heartbeat): Promise<void>;
  /** Ends the lease in order: nobody is told that we are lost. */
  letGo(): void;
}

const BEAT_EVERY_MS = 250;
const LOOK_EVERY_MS = 1000;

export function keepGatewayLease({ open, log }: GatewayLeaseDeps): GatewayLease {
  const { promise: over, resolve: letGo } = Promise.withResolvers<void>();
  let holders = 0;
  let opening = false;
  let told = false;

  const look = async (): Promise<void> => {
    if (holders > 0 || opening) return;
    opening = true;
    try {
      await open();
      told = false;
    } catch (failure) {
      if (!told) log.warn({ reason: messageOf(failure) }, 'no lease: Temporal is away');
      told = true;
    } finally {
      opening = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  void look();

  return {
    async hold({ beat, cancelled }) {
      holders += 1;
      beat();
      const beating = setInterval(beat, BEAT_EVERY_MS);
      try {
        await Promise.race([over, cancelled]);
      } finally {
        clearInterval(beating);
        holders -= 1;
      }
    },
    letGo() {
      clearInterval(timer);
      letGo();
    },
  };
}
