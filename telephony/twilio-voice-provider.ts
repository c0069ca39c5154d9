import { AppError } from '../contracts/errors.ts';
import type { GatewayCommand } from '../contracts/gateway.ts';
import type { CallHandle, StartCallParams, VoiceControlEvent, VoiceProvider } from '../contracts/voice-provider.ts';
import { callbackUrls, numberUrls } from './callback-urls.ts';
import { carrierFailure } from './carrier-failure.ts';
import type { DialKey, DialLedger } from './dial-ledger.ts';
import { DialLater, type DialPace, type GivenTurn } from './dial-pace.ts';
import { inlineDigits, inlineSpeech } from './inline-twiml.ts';
import { forkParameter } from './stream-token.ts';
import type { TwilioAccount, TwilioClient } from './twilio-client.ts';

/** A running call as the provider must know it. */
export interface CarrierCall {
  tenantId: string;
  accountId: string;
  carrierCallId: string;
  /** Where the carrier asks what to do next, `callbackUrls(…).next(…)` of the call's last answer. Absent: nobody knows. */
  continueUrl?: () => Promise<string | undefined>;
  voiceId: string;
  language: string;
}

export interface TwilioVoiceProviderDeps {
  calls: { find(callId: string): Promise<CarrierCall | undefined> };
  accounts: {
    /** The account that a tenant's number belongs to. */
    accountOfNumber(tenantId: string, phoneNumber: string): Promise<string | undefined>;
    /** The opened auth token, if the tenant has stored one. */
    authToken(tenantId: string, accountId: string): Promise<string | undefined>;
  };
  dials: DialLedger;
  pace: DialPace;
  /** The gateway that holds a call's stream. */
  streams: {
    command(callId: string, command: GatewayCommand): Promise<'done' | 'gateway-lost' | 'not-streaming' | 'unanswered'>;
  };
  connect: (account: TwilioAccount) => TwilioClient;
  publicUrl: string;
  fallbackPublicUrl?: string | undefined;
  nowMs: () => number;
}

const statusEvents = ['initiated', 'ringing', 'answered', 'completed'];
const recordingStates = { pause: 'paused', resume: 'in-progress', stop: 'stopped' } as const;
/** The carrier's clock and ours may differ by so much. */
const clockSkewMs = 5000;
/** For so long after a request the carrier is asked what became of it. */
const unknownForMs = 30_000;

/** Calls on Twilio, by its REST interface; on a streaming call sound goes through the gateway, since a new document would end the stream. */
export class TwilioVoiceProvider implements VoiceProvider {
  readonly #deps: TwilioVoiceProviderDeps;
  readonly #clients = new Map<string, { authToken: string; client: TwilioClient }>();

  constructor(deps: TwilioVoiceProviderDeps) {
    this.#deps = deps;
  }

  /** At most one request to dial leaves for a call, whatever process asks and however often; see `DialLedger`. */
  async startCall(params: StartCallParams): Promise<CallHandle> {
    const { accounts, dials, pace, nowMs } = this.#deps;
    const { tenantId, callId, from } = params;
    const accountId = await accounts.accountOfNumber(tenantId, from);
    if (accountId === undefined) throw new AppError('number-unknown', 'the number to dial from is none of the tenant');
    const client = await this.#clientOf(tenantId, accountId);
    const key: DialKey = { tenantId, callId };
    // A try that has begun is not dialled again: asking what came of it needs no turn.
    const turn = (await dials.isUnderWay(key)) ? undefined : await pace.turn(accountId, key);
    const claim = await dials.claim(key, nowMs());
    if (claim.type === 'placed') return { callId, carrierCallId: claim.carrierCallId };
    const carrierCallId =
      claim.type === 'mine'
        ? await this.#dial(client, params, key, { accountId, turn })
        : await this.#findDialled(client, params, key, claim.sinceMs);
    await dials.placed(key, carrierCallId, nowMs());
    return { callId, carrierCallId };
  }

  async endCall(callId: string): Promise<void> {
    const { client, call } = await this.#find(callId);
    try {
      await client.calls(call.carrierCallId).update({ status: 'completed' });
    } catch (thrown) {
      const { error } = carrierFailure(thrown);
      if (error.code !== 'call-ended') throw error;
    }
  }

  async sendEvent(callId: string, event: VoiceControlEvent): Promise<void> {
    switch (event.type) {
      case 'hangUp':
        return this.endCall(callId);
      case 'redirect':
        return this.#update(callId, { url: event.url, method: 'POST' });
      case 'redirectInline':
        return this.#update(callId, { twiml: event.document });
      case 'record':
        return this.#record(callId, event.action);
      case 'fork':
        return this.#fork(callId, event);
      case 'play':
      case 'dtmf':
        return this.#sound(callId, event);
    }
  }

  async #dial(
    client: TwilioClient,
    params: StartCallParams,
    key: DialKey,
    { accountId, turn }: { accountId: string; turn: GivenTurn | undefined },
  ): Promise<string> {
    const { publicUrl, fallbackPublicUrl, dials, pace, nowMs } = this.#deps;
    const urls = callbackUrls({ publicUrl, ...key });
    try {
      if (turn === undefined || turn.untilMs < nowMs()) await pace.turn(accountId, key);
      const { sid } = await client.calls.create({
        from: params.from,
        to: params.to,
        timeout: params.ringTimeoutS,
        url: urls.voice(),
        method: 'POST',
        fallbackUrl: numberUrls(publicUrl, fallbackPublicUrl).fallback,
        fallbackMethod: 'POST',
        statusCallback: urls.status(),
        statusCallbackMethod: 'POST',
        statusCallbackEvent: [...statusEvents],
        ...detectionOf(params, urls.answeredBy()),
      });
      return sid;
    } catch (thrown) {
      const isUnasked = thrown instanceof AppError;
      const { error, done, isThrottled } = isUnasked ? { error: thrown, done: 'no' } : carrierFailure(thrown);
      if (done === 'no') await dials.release(key, nowMs());
      throw isThrottled ? new DialLater(await pace.tooOften(accountId)) : error;
    }
  }

  async #findDialled(client: TwilioClient, params: StartCallParams, key: DialKey, sinceMs: number): Promise<string> {
    try {
      return await this.#search(client, params, key, sinceMs);
    } catch (cause) {
      if (this.#deps.nowMs() - sinceMs < unknownForMs) throw cause;
      throw new AppError('dial-unknown', 'it will not be known whether the call was dialled', { cause });
    }
  }

  /** Somebody asked the carrier and died, or never heard its answer: the carrier's own list tells, if it tells one call only. */
  async #search(client: TwilioClient, { from, to }: StartCallParams, key: DialKey, sinceMs: number): Promise<string> {
    const listed = await client.calls.list({ from, to, limit: 20 }).catch((thrown: unknown) => {
      throw carrierFailure(thrown).error;
    });
    const young = listed.filter(({ dateCreated }) => dateCreated.getTime() >= sinceMs - clockSkewMs);
    const free = [];
    for (const { sid } of young) if (!(await this.#deps.dials.isTaken(key, sid))) free.push(sid);
    const [sid, ...others] = free;
    if (sid === undefined || others.length > 0)
      throw new AppError('carrier-unavailable', 'it is not known whether the call was dialled');
    return sid;
  }

  async #record(callId: string, action: Extract<VoiceControlEvent, { type: 'record' }>['action']): Promise<void> {
    const { client, call } = await this.#find(callId);
    const recordingStatusCallback = callbackUrls({
      publicUrl: this.#deps.publicUrl,
      tenantId: call.tenantId,
      callId,
    }).recording();
    const resource = client.calls(call.carrierCallId);
    await failingAsOurs(
      action === 'start'
        ? resource.recordings.create({
            recordingStatusCallback,
            recordingStatusCallbackMethod: 'POST',
            recordingChannels: 'dual',
          })
        : resource.recordings('Twilio.CURRENT').update({ status: recordingStates[action] }),
    );
  }

  /** A unidirectional stream: it lies beside the call's own and outlives whatever document the call carries out. */
  async #fork(callId: string, { url, token }: Extract<VoiceControlEvent, { type: 'fork' }>): Promise<void> {
    const { client, call } = await this.#find(callId);
    const parameter = { 'parameter1.name': forkParameter, 'parameter1.value': token };
    await failingAsOurs(client.calls(call.carrierCallId).streams.create({ url, track: 'inbound_track', ...parameter }));
  }

  async #sound(callId: string, event: Extract<VoiceControlEvent, { type: 'play' | 'dtmf' }>): Promise<void> {
    const sound =
      event.type === 'play'
        ? { type: 'play' as const, text: event.text }
        : { type: 'dtmf' as const, digits: event.digits };
    const answer = await this.#deps.streams.command(callId, { commandId: event.eventId, ...sound });
    if (answer === 'done') return;
    if (answer !== 'not-streaming')
      throw new AppError('not-ready', `the gateway of the call does not answer (${answer})`);
    const { call } = await this.#find(callId);
    const { voiceId, language } = call;
    const continueUrl = await call.continueUrl?.();
    if (continueUrl === undefined) throw new AppError('not-ready', 'it is not known where the call would go on');
    const twiml =
      event.type === 'play'
        ? inlineSpeech({ text: event.text, voiceId, language }, continueUrl)
        : inlineDigits(event.digits, continueUrl);
    await this.#update(callId, { twiml });
  }

  async #update(callId: string, update: { url: string; method: string } | { twiml: string }): Promise<void> {
    const { client, call } = await this.#find(callId);
    await failingAsOurs(client.calls(call.carrierCallId).update(update));
  }

  async #find(callId: string): Promise<{ client: TwilioClient; call: CarrierCall }> {
    const call = await this.#deps.calls.find(callId);
    if (!call || call.carrierCallId === '')
      throw new AppError('call-unknown', 'the call is not known, or not dialled yet');
    return { call, client: await this.#clientOf(call.tenantId, call.accountId) };
  }

  async #clientOf(tenantId: string, accountId: string): Promise<TwilioClient> {
    const authToken = await this.#deps.accounts.authToken(tenantId, accountId);
    if (authToken === undefined)
      throw new AppError('credentials-missing', 'the tenant has stored no token for its account');
    const name = `${tenantId} ${accountId}`;
    const known = this.#clients.get(name);
    if (known?.authToken === authToken) return known.client;
    const client = this.#deps.connect({ accountId, authToken });
    this.#clients.set(name, { authToken, client });
    return client;
  }
}

/** `DetectMessageEnd` in either way: the other one names a machine while somebody still speaks. */
function detectionOf({ machineDetection }: StartCallParams, callback: string) {
  if (machineDetection === 'off') return {};
  const asked = { machineDetection: 'DetectMessageEnd' };
  if (machineDetection === 'sync') return asked;
  return { ...asked, asyncAmd: 'true', asyncAmdStatusCallback: callback, asyncAmdStatusCallbackMethod: 'POST' };
}

async function failingAsOurs(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (thrown) {
    throw carrierFailure(thrown).error;
  }
}
