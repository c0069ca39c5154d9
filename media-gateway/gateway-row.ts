/**
 * This gateway's row in `gateways`: address, load and drain state, touched every `TOUCH_EVERY_MS`. A row that is not
 * touched makes others doubt that we live, so an outage of the database is told once and tried on through.
 */
import type { Logger } from 'pino';
import { messageOf } from '../contracts/errors.ts';

export interface GatewayRowDeps {
  gatewayId: string;
  mediaUrl: string;
  capacity: number;
  store: {
    registerGateway(row: { gatewayId: string; mediaUrl: string; capacity: number }): Promise<void>;
    touchGateway(touch: { gatewayId: string; calls: number; draining: boolean }): Promise<boolean>;
    removeGateway(gatewayId: string): Promise<void>;
  };
  calls: () => number;
  log: Logger;
}

export interface GatewayRow {
  /** Whether the last touch was taken. */
  isCurrent(): boolean;
  /** Says at once that no new calls are wanted. */
  drain(): Promise<void>;
  /** Stops touching and takes the row down. */
  remove(): Promise<void>;
}

const TOUCH_EVERY_MS = 500;

export function keepGatewayRow({ gatewayId, mediaUrl, capacity, store, calls, log }: GatewayRowDeps): GatewayRow {
  let draining = false;
  let current = false;
  let told = false;
  let touching: Promise<void> | undefined;

  const touch = async (): Promise<void> => {
    try {
      const known = current && (await store.touchGateway({ gatewayId, calls: calls(), draining }));
      if (!known) {
        await store.registerGateway({ gatewayId, mediaUrl, capacity });
        await store.touchGateway({ gatewayId, calls: calls(), draining });
        log.info({ gatewayId, mediaUrl }, 'gateway registered');
      }
      current = true;
      told = false;
    } catch (failure) {
      current = false;
      if (!told) log.warn({ reason: messageOf(failure) }, 'gateway not registered: the database is away');
      told = true;
    }
  };
  const touchOnce = (): Promise<void> => {
    touching ??= touch().finally(() => {
      touching = undefined;
    });
    return touching;
  };
  const timer = setInterval(() => void touchOnce(), TOUCH_EVERY_MS);
  void touchOnce();

  return {
    isCurrent: () => current,
    async drain() {
      draining = true;
      await touching;
      await touchOnce();
    },
    async remove() {
      clearInterval(timer);
      await touching;
      await store.removeGateway(gatewayId).catch((failure: unknown) => {
        log.warn({ reason: messageOf(failure) }, 'gateway row not removed');
      });
    },
  };
}
