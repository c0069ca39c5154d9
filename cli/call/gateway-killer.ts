import { setTimeout as delay } from 'node:timers/promises';
import { createCallSessionStore } from '../../db/call-sessions.ts';
import { databaseUrlOf } from '../running/client-config.ts';
import type { OwnStack } from '../running/own-stack.ts';
import { startSecondGateway } from '../running/second-gateway.ts';
import { openSeedStores } from '../seed/seed-stores.ts';
import type { PlacedCall } from './make-call.ts';
import type { TimelineEvent } from './network-client.ts';

export interface GatewayKiller {
  onEvent: (event: TimelineEvent, call: PlacedCall) => void;
  /** The process that was killed; throws where none was, or the attempt failed. */
  killed(): Promise<number>;
  stop(): Promise<void>;
}

/** So long after the caller's word the assistant is in the middle of its answer. */
const midSentenceMs = 6000;

/**
 * Puts a second gateway beside that of the stack and kills, with SIGKILL, whichever of them holds the call, in the
 * middle of the answer to `phraseId`.
 */
export async function createGatewayKiller(stack: OwnStack, phraseId: string): Promise<GatewayKiller> {
  const second = await startSecondGateway(stack);
  let killing: Promise<number> | undefined;

  async function kill(call: PlacedCall): Promise<number> {
    await delay(midSentenceMs);
    const { config } = stack;
    const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
    try {
      const session = await createCallSessionStore(stores).readCall(call);
      const sql = 'select media_url as "mediaUrl" from gateways where id = ?';
      const [gateway] = await stores.database.platform.run((em) =>
        em.execute<{ mediaUrl: string }[]>(sql, [session?.gatewayId ?? '']),
      );
      const pid = gateway?.mediaUrl === second.mediaUrl ? second.pid : stack.pidOf('media-gateway');
      if (!gateway || pid === undefined) throw new Error('no gateway holds the call');
      process.kill(pid, 'SIGKILL');
      return pid;
    } finally {
      await stores.database.close();
    }
  }

  return {
    onEvent: (event, call) => {
      if (event.kind !== 'said' || event['phraseId'] !== phraseId || killing) return;
      killing = kill(call);
      killing.catch(() => undefined); // said by `killed`
    },
    killed: () => killing ?? Promise.reject(new Error('the moment to kill a gateway never came')),
    stop: () => second.stop(),
  };
}
