/** What the carrier was waiting for when it asks again; the last part of a callback's path. */
const awaitedThings = ['done', 'digits', 'stream', 'dial', 'voicemail'] as const;
export type Awaited = (typeof awaitedThings)[number];

export function isAwaited(text: string): text is Awaited {
  return awaitedThings.some((thing) => thing === text);
}

/**
 * Connection overrides for every webhook: 1 s to connect, 4 s to read, two more tries after any failure, 5 s in all: then the
 * fallback address is asked, and the caller of an API that stands still has heard nothing for long enough. They stand in
 * the fragment, which is never sent and not signed (twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
const connectionOverrides = '#ct=1000&rt=4000&rc=2&rp=all&tt=5000';

export interface CallAddress {
  /** `https://` address of the API as the carrier reaches it. */
  publicUrl: string;
  tenantId: string;
  callId: string;
}

export type CallbackUrls = ReturnType<typeof callbackUrls>;

/** Absolute addresses of all that the carrier calls back for one call. */
export function callbackUrls({ publicUrl, tenantId, callId }: CallAddress) {
  const base = `${withoutSlash(publicUrl)}/telephony/t/${encodeURIComponent(tenantId)}/calls/${encodeURIComponent(callId)}`;
  const url = (path: string): string => `${base}/${path}${connectionOverrides}`;
  return {
    /** First question of a call that we dialled. */
    voice: () => url('voice'),
    /** Asked when answer `number` has been carried out. For a stream the gateway that held it follows. */
    next: (number: number, awaited: Awaited, gatewayId?: string) =>
      url(`next/${number}/${awaited}${gatewayId === undefined ? '' : `/${encodeURIComponent(gatewayId)}`}`),
    /** Asked while the call runs on its number's degraded plan; `step` is the step to go on with. */
    degraded: (step: number) => url(`degraded/${step}`),
    status: () => url('status'),
    /** Told how the leg that answer `number` dialled has ended. */
    leg: (number: number) => url(`leg/${number}`),
    /** Told who took a call that we dialled, while it goes on. */
    answeredBy: () => url('answered-by'),
    streamStatus: () => url('stream-status'),
    recording: () => url('recording'),
    /** Told what has become of a text message of the call. */
    message: (smsId: string) => url(`message/${encodeURIComponent(smsId)}`),
    /** A recorded prompt of the tenant's, or its first part. */
    prompt: (audioId: string, firstMs?: number) =>
      `${withoutSlash(publicUrl)}/telephony/t/${encodeURIComponent(tenantId)}/prompts/${encodeURIComponent(audioId)}${
        firstMs === undefined ? '' : `/first/${firstMs}`
      }${connectionOverrides}`,
  };
}

/** What an incoming number is set to at the carrier. `fallbackPublicUrl` is another API where there is one. */
export function numberUrls(publicUrl: string, fallbackPublicUrl = publicUrl) {
  return {
    voice: `${withoutSlash(publicUrl)}/telephony/voice${connectionOverrides}`,
    fallback: `${withoutSlash(fallbackPublicUrl)}/telephony/fallback${connectionOverrides}`,
    status: `${withoutSlash(publicUrl)}/telephony/status${connectionOverrides}`,
  };
}

export function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
