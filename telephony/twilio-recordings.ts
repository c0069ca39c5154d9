import { AppError } from '../contracts/errors.ts';
import { callbackUrls, withoutSlash } from './callback-urls.ts';
import { carrierFailure } from './carrier-failure.ts';
import type { TwilioAccount, TwilioClient } from './twilio-client.ts';

/** A call as the carrier's recordings are asked for. */
export interface RecordedCall {
  tenantId: string;
  callId: string;
  accountId: string;
  carrierCallId: string;
}

export interface RecordingRef {
  tenantId: string;
  accountId: string;
  recordingId: string;
}

/** A recording as the carrier has it now. `pending`: it goes on, or its sound is not ready yet. */
export interface CarrierRecording {
  recordingId: string;
  /** `voicemail`: made by the verb that takes a message. */
  kind: 'call' | 'voicemail';
  status: 'pending' | 'completed' | 'absent';
  channels: 1 | 2;
  /** 0 while it is pending. */
  durationS: number;
  /** Milliseconds since 1970. */
  startedAtMs: number;
}

export interface TwilioRecordingsDeps {
  authToken: (tenantId: string, accountId: string) => Promise<string | undefined>;
  connect: (account: TwilioAccount) => TwilioClient;
  /** Absent: the vendor's own address. */
  baseUrl?: string | undefined;
  publicUrl: string;
}

type Resource = Awaited<ReturnType<ReturnType<TwilioClient['recordings']>['fetch']>>;

const vendorUrl = 'https://api.twilio.com';
const states = { pause: 'paused', resume: 'in-progress', stop: 'stopped' } as const;
/** A long call's sound is a hundred megabytes. */
const soundTimeoutMs = 300_000;

export type TwilioRecordings = ReturnType<typeof createTwilioRecordings>;

/** Recordings on Twilio, by its REST interface. What it says of itself is asked for, never taken from a callback. */
export function createTwilioRecordings({ authToken, connect, baseUrl = vendorUrl, publicUrl }: TwilioRecordingsDeps) {
  async function accountOf(tenantId: string, accountId: string): Promise<TwilioAccount> {
    const token = await authToken(tenantId, accountId);
    if (token === undefined)
      throw new AppError('credentials-missing', 'the tenant has stored no token for its account');
    return { accountId, authToken: token };
  }
  const clientOf = async (tenantId: string, accountId: string): Promise<TwilioClient> =>
    connect(await accountOf(tenantId, accountId));

  const list = async (call: RecordedCall): Promise<CarrierRecording[]> =>
    (await listed(call)).filter(({ source }) => isOurs(source) || isMessage(source)).map(recordingOf);
  const listed = async ({ tenantId, accountId, carrierCallId }: RecordedCall): Promise<Resource[]> => {
    const client = await clientOf(tenantId, accountId);
    return orOurs(client.recordings.list({ callSid: carrierCallId, limit: 100 }));
  };

  return {
    /** Records both sides of a call, one on each channel. One that is being recorded already is not recorded twice. */
    start: async (call: RecordedCall): Promise<string> => {
      const running = (await listed(call)).find(
        ({ source, status }) => isOurs(source) && (status === 'in-progress' || status === 'paused'),
      );
      if (running) return running.sid;
      const client = await clientOf(call.tenantId, call.accountId);
      const { sid } = await orOurs(
        client.calls(call.carrierCallId).recordings.create({
          recordingStatusCallback: callbackUrls({ publicUrl, ...call }).recording(),
          recordingStatusCallbackMethod: 'POST',
          recordingStatusCallbackEvent: ['completed', 'absent'],
          recordingChannels: 'dual',
          recordingTrack: 'both',
        }),
      );
      return sid;
    },

    /** What is not recorded in a pause is silence, so that the recording keeps the call's clock. */
    change: async (call: RecordedCall, recordingId: string, action: keyof typeof states): Promise<void> => {
      const client = await clientOf(call.tenantId, call.accountId);
      const update = { status: states[action], ...(action === 'pause' && { pauseBehavior: 'silence' }) };
      await orOurs(client.calls(call.carrierCallId).recordings(recordingId).update(update));
    },

    /** What the carrier has recorded of a call for us; what others have it record is theirs. */
    list,

    /** Undefined where the carrier has no such recording. */
    find: async ({ tenantId, accountId, recordingId }: RecordingRef): Promise<CarrierRecording | undefined> => {
      const client = await clientOf(tenantId, accountId);
      return unlessUnknown(orOurs(client.recordings(recordingId).fetch()).then(recordingOf));
    },

    /** The sound as a WAV file, and how many bytes the carrier says it has. */
    sound: async (
      { tenantId, accountId, recordingId }: RecordingRef,
      channels: 1 | 2,
    ): Promise<{ bytes: number | undefined; content: AsyncIterable<Uint8Array> }> => {
      const { authToken: token } = await accountOf(tenantId, accountId);
      const path = `/2010-04-01/Accounts/${accountId}/Recordings/${recordingId}.wav`;
      const query = channels === 2 ? '?RequestedChannels=2' : '';
      const authorization = `Basic ${Buffer.from(`${accountId}:${token}`).toString('base64')}`;
      const response = await fetch(`${withoutSlash(baseUrl)}${path}${query}`, {
        headers: { authorization },
        signal: AbortSignal.timeout(soundTimeoutMs),
      }).catch((thrown: unknown) => {
        throw carrierFailure(thrown).error;
      });
      if (response.status === 404) throw new AppError('recording-pending', 'the carrier has no sound of it yet');
      if (!response.ok || !response.body)
        throw new AppError(
          response.status >= 500 || response.status === 429 ? 'carrier-unavailable' : 'carrier-refused',
          `the carrier does not give the sound (HTTP ${response.status})`,
        );
      const length = response.headers.get('content-length');
      return { bytes: length === null ? undefined : Number(length), content: response.body };
    },

    /** What the carrier does not have any more is deleted. */
    remove: async ({ tenantId, accountId, recordingId }: RecordingRef): Promise<void> => {
      const client = await clientOf(tenantId, accountId);
      await unlessUnknown(orOurs(client.recordings(recordingId).remove()));
    },
  };
}

const isOurs = (source: string): boolean => source === 'StartCallRecordingAPI';
const isMessage = (source: string): boolean => source === 'RecordVerb';

function recordingOf({ sid, source, status, channels, duration, startTime }: Resource): CarrierRecording {
  const isOver = status === 'completed' || status === 'absent';
  return {
    recordingId: sid,
    kind: isMessage(source) ? 'voicemail' : 'call',
    status: isOver ? status : 'pending',
    channels: channels === 2 ? 2 : 1,
    durationS: isOver ? Math.max(0, Number(duration) || 0) : 0,
    startedAtMs: startTime.getTime(),
  };
}

async function orOurs<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (thrown) {
    throw carrierFailure(thrown).error;
  }
}

async function unlessUnknown<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (failure) {
    if (failure instanceof AppError && failure.code === 'call-unknown') return undefined;
    throw failure;
  }
}
