import type { Call } from './call.ts';
import type { FormFields } from './form-fields.ts';
import type { Network } from './network.ts';
import { DocumentError, parseTwiml, type TwimlElement } from './twiml-parser.ts';
import type { WebhookOutcome } from './webhook-client.ts';
import { askForDocument } from './webhooks.ts';

/** Where a call's next TwiML comes from. */
export type DocumentSource =
  | { kind: 'url'; purpose: string; url: string; method: 'GET' | 'POST'; fields: FormFields }
  | { kind: 'inline'; twiml: string };

export interface TwimlDocument {
  verbs: TwimlElement[];
  /** The document's own URL; undefined for inline TwiML. */
  url: string | undefined;
}

const XML_TYPES = ['text/xml', 'application/xml', 'text/html'];

/**
 * The document that a call executes next. What cannot be fetched or read is an alert and is asked for once more at
 * the fallback URL, with `ErrorCode` and `ErrorUrl`; undefined when that failed as well or there is none.
 */
export async function fetchDocument(
  network: Network,
  call: Call,
  source: DocumentSource,
  signal: AbortSignal,
): Promise<TwimlDocument | undefined> {
  const first = await tryDocument(network, call, source);
  if (!('errorCode' in first)) return first;
  call.alert(first.errorCode, first.detail);
  const fallback = call.fallback;
  if (!fallback || signal.aborted) return undefined;
  const errorUrl = source.kind === 'url' ? (source.url.split('#')[0] ?? '') : '';
  const fields = { ErrorCode: String(first.errorCode), ErrorUrl: errorUrl };
  const second = await tryDocument(network, call, { kind: 'url', purpose: 'fallback', ...fallback, fields });
  if (!('errorCode' in second)) return second;
  call.alert(second.errorCode, second.detail);
  return undefined;
}

interface DocumentFailure {
  errorCode: number;
  detail: string;
}

async function tryDocument(
  network: Network,
  call: Call,
  source: DocumentSource,
): Promise<TwimlDocument | DocumentFailure> {
  if (source.kind === 'inline') return readDocument(source.twiml, undefined);
  const outcome = await askForDocument(network, call, source);
  if (!outcome.ok) return { errorCode: outcome.errorCode, detail: `${source.purpose}: ${outcome.detail}` };
  return readAnswer(outcome);
}

function readAnswer(answer: Extract<WebhookOutcome, { ok: true }>): TwimlDocument | DocumentFailure {
  const type = (answer.contentType.split(';')[0] ?? '').trim().toLowerCase();
  const body = answer.body.toString('utf8');
  if (XML_TYPES.includes(type)) return readDocument(body, answer.url);
  if (type !== 'text/plain') return { errorCode: 12_300, detail: `content type ${type || 'is missing'}` };
  return { verbs: [{ name: 'Say', attributes: {}, children: [], text: body }], url: answer.url };
}

function readDocument(xml: string, url: string | undefined): TwimlDocument | DocumentFailure {
  try {
    return { verbs: parseTwiml(xml, url), url };
  } catch (error) {
    if (error instanceof DocumentError) return { errorCode: error.code, detail: error.message };
    throw error;
  }
}
