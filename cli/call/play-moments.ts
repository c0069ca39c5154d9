/** What goes wrong in a scenario by its own plan: a gateway is killed, the model says that it will go. */
import { setTimeout as delay } from 'node:timers/promises';
import { createCallSessionStore } from '../../db/call-sessions.ts';
import type { Moment, Scenario } from '../../simulator/scenarios/scenario.ts';
import { databaseUrlOf } from '../running/client-config.ts';
import type { OwnStack } from '../running/own-stack.ts';
import { type SecondGateway, startSecondGateway } from '../running/second-gateway.ts';
import { openSeedStores } from '../seed/seed-stores.ts';
import type { PlacedCall } from './make-call.ts';
import { createModelClient } from './model-client.ts';
import type { TimelineEvent } from './network-client.ts';

export interface PlayedMoments {
  onEvent: (event: TimelineEvent, call: PlacedCall) => void;
  /** For after the call: throws where a moment never came, nothing could be done in it, or a session that was to go was kept. */
  done(): Promise<void>;
  stop(): Promise<void>;
}

/** Puts a second gateway beside that of the stack, and does to the scenario's call what its moments say. */
export async function playMoments(stack: OwnStack, { name, moments = [] }: Scenario): Promise<PlayedMoments> {
  const second = await startSecondGateway(stack);
  const model = createModelClient(stack.config);
  const acts: Record<Moment['what'], (call: PlacedCall) => Promise<void>> = {
    'gateway-killed': (call) => killHolder(stack, second, call),
    'go-away': async () => {
      const told = await model.spring('go-away', `sim-${name}`);
      if (told.length === 0) throw new Error('the call has no model session');
      going.push(...told);
    },
  };
  /** Ids of sessions that were told. */
  const going: string[] = [];
  const happening = new Map<Moment, Promise<void>>();
  let said = 0;

  async function happen({ afterMs, what }: Moment, call: PlacedCall): Promise<void> {
    await delay(afterMs);
    await acts[what](call);
  }

  return {
    onEvent: (event, call) => {
      if (event.kind !== 'said') return;
      for (const moment of moments) if (moment.said === said) happening.set(moment, quietly(happen(moment, call)));
      said += 1;
    },
    async done() {
      for (const moment of moments) {
        const happened = happening.get(moment);
        if (!happened) throw new Error(`the moment for ${moment.what} never came`);
        await happened;
      }
      for (const id of going) {
        const { closed } = await model.session(id);
        if (closed?.by !== 'client') throw new Error(`the model session ${id} was not replaced before its end`);
      }
    },
    stop: () => second.stop(),
  };
}

/** Its failure is told by whoever awaits it later. */
function quietly(happening: Promise<void>): Promise<void> {
  happening.catch(() => undefined);
  return happening;
}

/** SIGKILL to whichever of the two gateways holds the call. */
async function killHolder(stack: OwnStack, second: SecondGateway, call: PlacedCall): Promise<void> {
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
  } finally {
    await stores.database.close();
  }
}
