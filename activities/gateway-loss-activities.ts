import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayLost } from '../contracts/messages.ts';
import type { GatewayStore } from '../db/gateways.ts';
import type { Lookups } from '../db/lookups.ts';
import { asActivityFailure } from './activity-failure.ts';

export interface GatewayLossDeps {
  gateways: Pick<GatewayStore, 'gatewayAgeMs'>;
  lookups: Pick<Lookups, 'liveCalls'>;
  /** Signals a call; false where it could not be told now. */
  tellCall: (call: { tenantId: string; callId: string }, lost: GatewayLost) => Promise<boolean>;
}

export type GatewayLossActivities = ReturnType<typeof createGatewayLossActivities>;

/** Two missed touches: a living gateway touches its row every 500 ms. */
const silentMs = 1_000;
const lookEveryMs = 100;
/** Signals under way at one time. */
const atOnce = 500;
const attempts = 3;

/** What follows when the lease of a gateway has ended. */
export function createGatewayLossActivities({ gateways, lookups, tellCall }: GatewayLossDeps) {
  /** Waits until the gateway's row has been still for long enough; false where it is touched meanwhile. */
  async function staysSilent(gatewayId: string): Promise<boolean> {
    let before = await gateways.gatewayAgeMs(gatewayId);
    while (before !== undefined && before < silentMs) {
      await delay(lookEveryMs);
      const age = await gateways.gatewayAgeMs(gatewayId);
      if (age !== undefined && age < before) return false;
      before = age;
    }
    return true;
  }

  return {
    /** Tells the calls of a gateway that they may be alone, unless the gateway is heard of again while we wait. */
    announceGatewayLost: ({ gatewayId }: { gatewayId: string }): Promise<'alive' | 'lost'> =>
      asActivityFailure(async () => {
        if (!(await staysSilent(gatewayId))) return 'alive';
        let waiting = await lookups.liveCalls({ gatewayId });
        for (let attempt = 0; attempt < attempts && waiting.length > 0; attempt++) {
          const untold: typeof waiting = [];
          for (let first = 0; first < waiting.length; first += atOnce) {
            const told = waiting.slice(first, first + atOnce).map(async (call) => {
              const { epoch } = call;
              if (!(await tellCall(call, { gatewayId, epoch }).catch(() => false))) untold.push(call);
            });
            await Promise.all(told);
          }
          waiting = untold;
        }
        return 'lost';
      }),
  };
}
