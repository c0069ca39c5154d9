import type { GatewayCommand } from '../contracts/gateway.ts';
import { type CarrierStatusName, carrierStatuses } from '../contracts/messages.ts';
import type { CallSessionStore } from '../db/call-sessions.ts';
import type { Lookups } from '../db/lookups.ts';
import type { PhoneNumber } from '../db/phone-numbers.ts';
import type { CredentialStore } from '../db/provider-credentials.ts';
import { callbackUrls } from '../telephony/callback-urls.ts';
import { carrierFailure } from '../telephony/carrier-failure.ts';
import { signForkToken, streamTokenLifetimeMs } from '../telephony/stream-token.ts';
import { TwilioVoiceProvider, type TwilioVoiceProviderDeps } from '../telephony/twilio-voice-provider.ts';
import type { CarrierActivityDeps, CarrierCall, ReportedStatus } from './carrier-activities.ts';

type CommandAnswer = Awaited<ReturnType<TwilioVoiceProviderDeps['streams']['command']>>;

export interface TwilioCarrierDeps extends Pick<
  TwilioVoiceProviderDeps,
  'dials' | 'pace' | 'connect' | 'publicUrl' | 'fallbackPublicUrl' | 'nowMs'
> {
  lookups: Pick<Lookups, 'callTenant'>;
  sessions: Pick<CallSessionStore, 'readCall' | 'setCarrierCall'>;
  numbers: {
    readNumbers(tenantId: string): Promise<readonly Pick<PhoneNumber, 'phoneNumber' | 'accountId'>[]>;
  };
  credentials: Pick<CredentialStore, 'readSecret'>;
  /** Key of stream tokens. */
  streamKey: Uint8Array;
  /** Where a call stands, by its workflow. */
  state: (call: { tenantId: string; callId: string }) => Promise<{ answerNumber: number } | undefined>;
  /** Sends a command to the gateway that holds a call. */
  command: (call: { tenantId: string; callId: string }, command: GatewayCommand) => Promise<CommandAnswer>;
}

/** The carrier of the call's workflow: Twilio, with what the database knows of accounts, numbers and calls. */
export function createTwilioCarrier({
  lookups,
  sessions,
  numbers,
  credentials,
  streamKey,
  state,
  command,
  ...deps
}: TwilioCarrierDeps): CarrierActivityDeps {
  const urlsOf = (call: { tenantId: string; callId: string }) => callbackUrls({ publicUrl: deps.publicUrl, ...call });
  const authToken = (tenantId: string, accountId: string): Promise<string | undefined> =>
    credentials.readSecret({ tenantId, provider: 'twilio', accountId, label: 'auth-token' });

  const voice = new TwilioVoiceProvider({
    ...deps,
    accounts: {
      authToken,
      accountOfNumber: async (tenantId, phoneNumber) =>
        (await numbers.readNumbers(tenantId)).find((number) => number.phoneNumber === phoneNumber)?.accountId,
    },
    calls: {
      find: async (callId) => {
        const tenantId = await lookups.callTenant(callId);
        const call = tenantId === undefined ? undefined : await sessions.readCall({ tenantId, callId });
        if (tenantId === undefined || !call?.carrierCallId || !call.carrierAccountId || !call.degradedPlan)
          return undefined;
        const { voiceId, language } = call.degradedPlan;
        const { carrierAccountId: accountId, carrierCallId } = call;
        const continueUrl = async (): Promise<string | undefined> => {
          const number = (await state({ tenantId, callId }))?.answerNumber ?? 0;
          return number > 0 ? urlsOf({ tenantId, callId }).next(number, 'done') : undefined;
        };
        return { tenantId, accountId, carrierCallId, voiceId, language, continueUrl };
      },
    },
    streams: {
      command: async (callId, given) => {
        const tenantId = await lookups.callTenant(callId);
        return tenantId === undefined ? 'not-streaming' : command({ tenantId, callId }, given);
      },
    },
  });

  async function fetchStatus({ tenantId, carrier }: CarrierCall): Promise<ReportedStatus | undefined> {
    const token = await authToken(tenantId, carrier.accountId);
    if (token === undefined || carrier.carrierCallId === '') return undefined;
    try {
      const { status, duration } = await deps
        .connect({ accountId: carrier.accountId, authToken: token })
        .calls(carrier.carrierCallId)
        .fetch();
      const durationS = Number(duration);
      return { status: statusNamed(status), ...(Number.isInteger(durationS) && durationS > 0 ? { durationS } : {}) };
    } catch (thrown) {
      const { error } = carrierFailure(thrown);
      if (error.code === 'call-unknown') return undefined;
      throw error;
    }
  }

  return {
    voice,
    fetchStatus,
    sessions,
    forkToken: ({ tenantId, callId, epoch, gateway: { gatewayId } }) =>
      signForkToken(
        { tenantId, callId, epoch, gatewayId, expiresAtMs: deps.nowMs() + streamTokenLifetimeMs },
        streamKey,
      ),
    continueUrl: ({ tenantId, callId, number, gatewayId }) =>
      urlsOf({ tenantId, callId }).next(number, gatewayId === undefined ? 'done' : 'stream', gatewayId),
  };
}

/** A status that we do not know is no end. */
function statusNamed(name: string): CarrierStatusName {
  return carrierStatuses.find((known) => known === name) ?? 'in-progress';
}
