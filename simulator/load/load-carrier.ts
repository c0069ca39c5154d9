import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeForm, type FormFields } from '../phone-network/form-fields.ts';
import { signRequest } from '../phone-network/signature.ts';
import type { StreamTarget } from './load-call.ts';

export interface CarrierSettings {
  accountSid: string;
  authToken: string;
  /** The public address that requests are signed for. */
  publicUrl: string;
  /** Where public names lead: `host:port` on loopback by name. */
  hosts: Readonly<Record<string, string>>;
}

const RETRIES = 2;

export type LoadCarrier = ReturnType<typeof createLoadCarrier>;

/** The number that each call rang, whatever the settings since. */
const numbers = new Map<string, string>();

/** The webhooks of the carrier, and what of their answers a caller of the load needs. */
export function createLoadCarrier({ accountSid, authToken, publicUrl, hosts }: CarrierSettings) {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const fieldsOf = (callSid: string, to: string, status: string): FormFields => {
    const from = '+420777123456';
    const parties = { From: from, To: to, Caller: from, Called: to };
    return {
      CallSid: callSid,
      AccountSid: accountSid,
      ...parties,
      CallStatus: status,
      ApiVersion: '2010-04-01',
      Direction: 'inbound',
    };
  };

  /** Tries again as the carrier does where it is asked to by an address. */
  async function post(url: string, fields: FormFields): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await postOnce(url, fields);
      } catch (failure) {
        if (attempt === RETRIES) throw failure;
      }
    }
  }

  async function postOnce(url: string, fields: FormFields): Promise<string> {
    const address = url.split('#')[0] ?? url;
    const { host, pathname, search } = new URL(address);
    const [hostname, port] = (hosts[host] ?? host).split(':');
    const body = encodeForm(fields);
    const headers = {
      host,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      'x-twilio-signature': signRequest(authToken, address, fields),
    };
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    request({ agent, hostname, port, path: pathname + search, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () =>
        (response.statusCode ?? 500) < 300 ? resolve(text) : reject(new Error(`${response.statusCode} of ${pathname}`)),
      );
    })
      .on('error', reject)
      .end(body);
    return promise;
  }
  const ask = (callSid: string, url: string): Promise<string> =>
    post(url, fieldsOf(callSid, numbers.get(callSid) ?? '', 'in-progress'));

  /** The document after this one, for a caller who presses nothing; undefined where it leads nowhere. */
  const step = async (callSid: string, document: string): Promise<string | undefined> => {
    const url = unescape(
      (/<Gather[^>]* action="([^"]+)"/.exec(document) ?? /<Redirect[^>]*>([^<]+)</.exec(document))?.[1],
    );
    return url === undefined ? undefined : ask(callSid, url);
  };

  return {
    accountSid,
    /** The first webhook of a call. */
    async ring(callSid: string, to: string): Promise<string> {
      numbers.set(callSid, to);
      return post(`${publicUrl}/telephony/voice`, fieldsOf(callSid, to, 'ringing'));
    },
    /** Asks on after a document's audio, until it hangs up; as quick as the answers come. */
    async follow(callSid: string, document: string): Promise<void> {
      for (let twiml: string | undefined = document; twiml !== undefined;) twiml = await step(callSid, twiml);
    },
    step,
    /** What follows when a stream was lost, asked after so long. */
    async next(callSid: string, action: string, noticeMs: number): Promise<StreamTarget | undefined> {
      if (noticeMs > 0) await delay(noticeMs);
      return streamIn(await ask(callSid, action));
    },
    async ended(callSid: string): Promise<void> {
      await post(`${publicUrl}/telephony/status`, {
        ...fieldsOf(callSid, numbers.get(callSid) ?? '', 'completed'),
        CallDuration: '1',
      });
      numbers.delete(callSid);
    },
    streamIn,
    newSid: (): string => `CA${randomBytes(16).toString('hex')}`,
  };

  /** The stream that a document asks for; undefined where it asks for none. */
  function streamIn(twiml: string): StreamTarget | undefined {
    const url = unescape(/<Stream[^>]* url="([^"]+)"/.exec(twiml)?.[1]);
    if (url === undefined) return undefined;
    const action = unescape(/<Connect[^>]* action="([^"]+)"/.exec(twiml)?.[1]);
    const parameters = [...twiml.matchAll(/<Parameter name="([^"]+)" value="([^"]+)"/g)].map(
      ([, name = '', value = '']) => [name, unescape(value) ?? ''] as const,
    );
    const { host, pathname } = new URL(url);
    const [hostname = '', port] = (hosts[host] ?? host).split(':');
    return {
      url,
      host: hostname,
      port: Number(port),
      path: pathname,
      signature: signRequest(authToken, url),
      parameters: Object.fromEntries(parameters),
      ...(action === undefined ? {} : { action }),
    };
  }
}

function unescape(xml: string | undefined): string | undefined {
  return xml?.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
