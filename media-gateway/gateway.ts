import type { Logger } from 'pino';
import type { GatewayActivities, WarmInput } from '../contracts/gateway.ts';
import type { GatewayRef } from '../contracts/instructions.ts';
import type { RealtimeModel } from '../contracts/realtime-model.ts';
import type { Admission, Admitted } from './admission.ts';
import type { Admit } from './carrier-socket.ts';
import { drainInTurn } from './drain-in-turn.ts';
import type { Forks } from './forks.ts';
import { createGatewayActivities } from './gateway-activities.ts';
import type { GatewayLease } from './gateway-lease.ts';
import { createLiveCalls } from './live-calls.ts';
import { CallSession } from './session/call-session.ts';
import type { HeardAhead } from './session/caller-stream.ts';
import { modelWish } from './session/model-wish.ts';
import { openModel, type ModelWish, type OpenModel } from './session/open-model.ts';
import type { CallLine, SessionDeps, SessionStart } from './session/session-deps.ts';
import { within } from './session/within.ts';
import type { Ticker } from './ticker.ts';
import type { AskNet } from './turn-taking/line-judge.ts';
import { createWarmModels } from './warm-models.ts';

export interface GatewayDeps {
  admission: Admission;
  /** For a call in one of its epochs. */
  modelOf: (modelId: string, call: { tenantId: string; callId: string; epoch: number }) => RealtimeModel | undefined;
  modelAccess: (tenantId: string, modelId: string) => Promise<{ apiKey: string; baseUrl?: string }>;
  /** What a session tells the rest of the world about its call. */
  lineOf: (start: SessionStart, allowedPrivateHosts: readonly string[]) => CallLine;
  /** Another gateway that could take a call over now. */
  pickSuccessor: () => Promise<GatewayRef | undefined>;
  forks: Pick<Forks, 'take' | 'closeAll'>;
  /** A call goes on here that a gateway gave up between two turns; `isHeard`: so was its caller meanwhile. */
  onTakenOver: (isHeard: boolean) => void;
  lease: Pick<GatewayLease, 'hold'>;
  ticker: Ticker;
  /** Monotonic. */
  nowMs: () => number;
  connectTimeoutMs: number;
  /** Tells voices from noise; absent: it is done without. */
  askNet?: AskNet | undefined;
  onTurnsLost?: SessionDeps['onTurnsLost'];
  log: Logger;
}

export interface Gateway {
  admit: Admit;
  activities: GatewayActivities;
  isOpen(): boolean;
  /** Calls held, those included that are being brought to storage. */
  count(): number;
  /** Takes no more calls; returns when none is left or the time is up. Calls move at turn boundaries where a sibling is up. */
  drain(withinMs: number): Promise<void>;
}

const PICK_WITHIN_MS = 1000;
const WIND_UP_MS = 1500; // for outcomes and last turns of calls that are cut at the deadline

/** All calls of this process, from their admission to their last row. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { admission, ticker, nowMs, connectTimeoutMs, askNet, onTurnsLost, log } = deps;
  const calls = createLiveCalls();
  const warm = createWarmModels({ log });
  let draining = false;

  const opener = ({ tenantId, callId, epoch }: { tenantId: string; callId: string; epoch: number }) => {
    const accessTo = (modelId: string): Promise<{ apiKey: string; baseUrl?: string }> =>
      deps.modelAccess(tenantId, modelId);
    const modelOf = (modelId: string): RealtimeModel | undefined => deps.modelOf(modelId, { tenantId, callId, epoch });
    return (wish: ModelWish): Promise<OpenModel> => openModel({ modelOf, accessTo, log: log.child({ callId }) }, wish);
  };
  /** A fork is of no use where nobody knows from where on it was not heard. */
  const heardAhead = (start: SessionStart): HeardAhead | undefined => {
    const fork = deps.forks.take(start);
    if (fork && start.heardUntilMs !== undefined) return { fork, fromMs: nowMs() - start.clockMs + start.heardUntilMs };
    fork?.close();
    return undefined;
  };
  const begin = ({ start, allowedPrivateHosts }: Admitted, carrier: Parameters<Admit>[2]): CallSession => {
    const { callId, epoch } = start;
    const ahead = heardAhead(start);
    if (start.unnoticed) deps.onTakenOver(ahead !== undefined);
    const session: CallSession = new CallSession(
      start,
      carrier,
      {
        nowMs,
        ticker,
        openModel: opener(start),
        connectTimeoutMs,
        askNet,
        line: deps.lineOf(start, allowedPrivateHosts),
        ahead,
        onTurnsLost,
        log: log.child({ callId, epoch }),
        onEnded: () => calls.remove(callId, session),
      },
      warm.take(start),
    );
    calls.add(callId, session);
    return session;
  };

  return {
    admit: async (message, signature, carrier) => {
      const admitted = await admission(message, signature);
      log.info(
        { callId: admitted.start.callId, epoch: admitted.start.epoch, clockMs: admitted.start.clockMs },
        'stream admitted',
      );
      return begin(admitted, carrier);
    },
    activities: createGatewayActivities({
      calls,
      warm,
      open: (input: WarmInput) =>
        opener(input)(modelWish({ assistant: input.assistant, vars: {} }, { seed: [] }, connectTimeoutMs)),
      isDraining: () => draining,
      lease: deps.lease,
    }),
    isOpen: () => !draining,
    count: () => calls.count(),
    async drain(withinMs) {
      draining = true;
      warm.closeAll();
      deps.forks.closeAll();
      const deadlineMs = nowMs() + withinMs;
      const pick = (): Promise<GatewayRef | undefined> =>
        within(
          deps.pickSuccessor().catch(() => undefined),
          PICK_WITHIN_MS,
          undefined,
        );
      const first = await pick();
      log.info({ calls: calls.count(), moving: first !== undefined }, 'gateway drains');
      const cutMs = Math.max(0, deadlineMs - WIND_UP_MS - nowMs());
      if (first) void drainInTurn(calls.all(), { withinMs: cutMs, nowMs, successor: pick });
      const cut = setTimeout(() => {
        for (const session of calls.all()) void session.drain(0);
      }, cutMs);
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, withinMs).unref();
      });
      await Promise.race([calls.empty(), late]);
      clearTimeout(cut);
    },
  };
}
