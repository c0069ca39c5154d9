/** What a flow tells a tenant's webhook; see `docs/webhooks.md`. */
export interface WebhookNotice {
  tenantId: string;
  callId: string;
  /** Names the notice within its call; each repeat of it has the same id. */
  noticeId: string;
  webhookId: string;
  /** When the flow wanted it sent, milliseconds since 1970. */
  atMs: number;
  direction: 'inbound' | 'outbound';
  flowId: string;
  flowVersion: number;
  nodeId: string;
  text: string;
  /** The carrier's id of the recording that it is about. */
  recordingId?: string;
  /** Addresses that the tenant may reach although they are private, `host:port` exactly. */
  allowedPrivateHosts: readonly string[];
}

/** `reason`: a status such as `http-410`, or `webhook-unknown`, `refused-address`, `secret-unreadable`, `unreachable`. */
export type NoticeEnd = { status: 'delivered'; httpStatus: number } | { status: 'failed'; reason: string };
