/** What happens in a scenario by its own plan: a gateway is killed or stops, the model says that it will go. */
import { setTimeout as delay } from 'node:timers/promises';
import { createCallSessionStore } from '../../db/call-sessions.ts';
import type { Moment, Scenario } from '../../simulator/scenarios/scenario.ts';
import { databaseUrlOf } from '../running/client-config.ts';
import type { OwnStack } from '../running/own-stack.ts';
import { type SecondGateway, startSecondGateway } from '../running/second-gateway.ts';
import { openSeedStores } from '../seed/seed-stores.ts';
import type { PlacedCall } from './make-call.ts';
import { createModelClient } from './model-client.ts';
import { createNetworkClient, type TimelineEvent } from './network-client.ts';

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
  const network = createNetworkClient(stack.config.TWILIO_BASE_URL ?? '');
  const sendAway = async (): Promise<void> => {
    const told = await model.spring('go-away', `sim-${name}`);
    if (told.length === 0) throw new Error('the call has no model session');
    going.push(...told);
  };
  /** Ids of sessions that were told. */
  const going: string[] = [];
  const happening = new Map<Moment, Promise<void>>();
  /** How often each kind of event has been. */
  const seen = new Map<string, number>();

  async function happen(moment: Moment, call: PlacedCall): Promise<void> {
    if (moment.what === 'caller-speaks') return network.speak(call.callSid ?? '', moment.says);
    await delay(moment.afterMs);
    if (moment.what === 'go-away') return sendAway();
    return signalHolder(stack, second, call, moment.what === 'gateway-killed' ? 'SIGKILL' : 'SIGTERM');
  }

  return {
    onEvent: (event, call) => {
      const count = seen.get(event.kind) ?? 0;
      seen.set(event.kind, count + 1);
      for (const moment of moments)
        if (isAt(moment, event, count)) happening.set(moment, quietly(happen(moment, call)));
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

function isAt(moment: Moment, { kind }: TimelineEvent, count: number): boolean {
  if (moment.what === 'caller-speaks') return kind === 'stream-stopped' && moment.streamEnded === count;
  return kind === 'said' && moment.said === count;
}

/** Its failure is told by whoever awaits it later. */
function quietly(happening: Promise<void>): Promise<void> {
  happening.catch(() => undefined);
  return happening;
}

/** A signal to whichever of the two gateways holds the call. */
async function signalHolder(
  stack: OwnStack,
  second: SecondGateway,
  call: PlacedCall,
  signal: NodeJS.Signals,
): Promise<void> {
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
    process.kill(pid, signal);
  } finally {
    await stores.database.close();
  }
}
