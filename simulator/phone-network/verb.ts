import type { Call } from './call.ts';
import type { DocumentSource } from './fetch-document.ts';
import type { FormFields } from './form-fields.ts';
import type { Network } from './network.ts';
import type { TwimlDocument } from './fetch-document.ts';
import type { TwimlElement } from './twiml-parser.ts';

/** What a verb works with: the call, the document that it stands in, and the signal that ends the execution. */
export interface VerbContext {
  network: Network;
  call: Call;
  document: TwimlDocument;
  /** How the present document was asked for; `Record` and `Redirect` without a URL of their own ask again. */
  source: DocumentSource;
  signal: AbortSignal;
  /** Executes another document on another leg, to its end. */
  execute: (call: Call, source: DocumentSource, signal: AbortSignal) => Promise<ExecutionEnd>;
}

/** `finished`: ran out of verbs or hung up; `aborted`: the signal fired; `failed`: no document could be had. */
export type ExecutionEnd = 'finished' | 'hung-up' | 'rejected' | 'busy' | 'aborted' | 'failed';

/** How the execution goes on after a verb. */
export type VerbOutcome =
  | { kind: 'next' }
  | { kind: 'document'; source: DocumentSource }
  | { kind: 'end'; end: ExecutionEnd };

export const NEXT: VerbOutcome = { kind: 'next' };

/** The document at a verb's `action`, or the next verb when it has none. */
export function actionOutcome(element: TwimlElement, fields: FormFields): VerbOutcome {
  const url = element.attributes.action;
  if (url === undefined) return NEXT;
  const purpose = `${element.name.toLowerCase()}-action`;
  return { kind: 'document', source: { kind: 'url', purpose, url, method: methodOf(element), fields } };
}

/** The HTTP method of a verb's callback: POST unless the named attribute says GET. */
export function methodOf(element: TwimlElement, attribute = 'method'): 'GET' | 'POST' {
  return element.attributes[attribute] === 'GET' ? 'GET' : 'POST';
}

/** A numeric attribute, or its default. */
export function numberOf(element: TwimlElement, attribute: string, byDefault: number): number {
  const value = element.attributes[attribute];
  return value === undefined ? byDefault : Number(value);
}

/** The recording callback that a verb asks for. */
export function recordingCallbackOf(element: TwimlElement) {
  const url = element.attributes.recordingStatusCallback;
  if (url === undefined) return undefined;
  const events = new Set((element.attributes.recordingStatusCallbackEvent ?? 'completed').split(' '));
  return { url, method: methodOf(element, 'recordingStatusCallbackMethod'), events };
}
