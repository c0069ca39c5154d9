/**
 * The gateways that are up: each publishes its address, load and drain state, and touches its row every 500 ms.
 * Freshness is judged by the database's clock alone, so that the machines' clocks need not agree.
 */
import type { GatewayRef } from '../contracts/instructions.ts';
import type { Database } from './database.ts';

export interface GatewayRegistration {
  /** New at each boot. */
  gatewayId: string;
  /** Public `wss://` address of its media endpoint. */
  mediaUrl: string;
  /** Calls it takes at most. */
  capacity: number;
}

export interface GatewayTouch {
  gatewayId: string;
  /** Calls it holds. */
  calls: number;
  draining: boolean;
}

export type GatewayStore = ReturnType<typeof createGatewayStore>;

/** Rows of gateways that nobody took down are swept after this long. */
const forgottenAfter = "interval '1 day'";

export function createGatewayStore(database: Database) {
  return {
    registerGateway: async ({ gatewayId, mediaUrl, capacity }: GatewayRegistration): Promise<void> => {
      await database.platform.run(async (em) => {
        await em.execute(`delete from gateways where touched_at < clock_timestamp() - ${forgottenAfter}`);
        await em.execute(
          `insert into gateways (id, media_url, capacity, touched_at) values (?, ?, ?, clock_timestamp())
           on conflict (id) do update set media_url = excluded.media_url, capacity = excluded.capacity, touched_at = clock_timestamp()`,
          [gatewayId, mediaUrl, capacity],
        );
      });
    },

    /** False where the row is gone and the gateway must register again. */
    touchGateway: async ({ gatewayId, calls, draining }: GatewayTouch): Promise<boolean> => {
      const rows = await database.platform.execute(
        'update gateways set calls = ?, draining = ?, touched_at = clock_timestamp() where id = ? returning 1 as done',
        [calls, draining, gatewayId],
      );
      return rows.length > 0;
    },

    /**
     * The least loaded gateway that is fresh, not draining and below its capacity, `except` those that were just tried.
     * It is counted as loaded by one more until its next touch, so that a burst of calls spreads.
     */
    pickGateway: async ({
      freshWithinMs = 1000,
      except = [],
    }: { freshWithinMs?: number; except?: readonly string[] } = {}): Promise<GatewayRef | undefined> => {
      const [gateway] = await database.platform.execute<GatewayRef>(pickSql, [freshWithinMs, JSON.stringify(except)]);
      return gateway;
    },

    /** How long ago the gateway was last heard of; undefined where it is unknown or was taken down. */
    gatewayAgeMs: async (gatewayId: string): Promise<number | undefined> => {
      const [row] = await database.platform.execute<{ ageMs: number }>(
        `select (extract(epoch from clock_timestamp() - touched_at) * 1000)::float8 as "ageMs" from gateways where id = ?`,
        [gatewayId],
      );
      return row?.ageMs;
    },

    /** A gateway that has stopped in order takes its row down. */
    removeGateway: async (gatewayId: string): Promise<void> => {
      await database.platform.execute('delete from gateways where id = ?', [gatewayId]);
    },
  };
}

const pickSql = `update gateways set calls = calls + 1 where id = (
    select id from gateways
    where touched_at > clock_timestamp() - ?::float8 * interval '1 millisecond'
      and not draining and calls < capacity
      and id not in (select jsonb_array_elements_text(?::jsonb))
    order by calls::float8 / capacity, random() limit 1)
  returning id as "gatewayId", media_url as "mediaUrl"`;
