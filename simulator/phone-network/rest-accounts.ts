import { randomBytes } from 'node:crypto';
import type { Account } from './accounts.ts';
import { rfc2822 } from './call-fields.ts';
import type { Network } from './network.ts';
import { notFound, RestError } from './rest-error.ts';
import { BOOLEAN, METHOD, oneOf, TEXT, URL_PARAMETER } from './rest-form.ts';
import { listAnswer, type RestRoute } from './rest-route.ts';
import { newSid } from './sids.ts';

const APPLICATION_PARAMETERS = {
  ApiVersion: TEXT,
  FriendlyName: TEXT,
  VoiceUrl: URL_PARAMETER,
  VoiceMethod: METHOD,
  VoiceFallbackUrl: URL_PARAMETER,
  VoiceFallbackMethod: METHOD,
  StatusCallback: URL_PARAMETER,
  StatusCallbackMethod: METHOD,
  VoiceCallerIdLookup: BOOLEAN,
  SmsUrl: URL_PARAMETER,
  SmsMethod: METHOD,
  SmsFallbackUrl: URL_PARAMETER,
  SmsFallbackMethod: METHOD,
  SmsStatusCallback: URL_PARAMETER,
  MessageStatusCallback: URL_PARAMETER,
  PublicApplicationConnectEnabled: BOOLEAN,
} as const;

/** `Accounts` themselves: the routes outside an account's path. */
export function accountRoutes(network: Network): RestRoute[] {
  const one = /^\/2010-04-01\/Accounts\/(?<accountSid>AC[0-9a-f]{32})\.json$/;
  return [
    {
      method: 'POST',
      pattern: /^\/2010-04-01\/Accounts\.json$/,
      parameters: { FriendlyName: TEXT },
      handle: ({ account, form }) => {
        const name = form.text('FriendlyName') ?? `SubAccount created at ${rfc2822(network.now())}`;
        const created = network.accounts.addSubaccount(account, name, randomBytes(16).toString('hex'));
        return { status: 201, body: accountJson(created) };
      },
    },
    {
      method: 'GET',
      pattern: /^\/2010-04-01\/Accounts\.json$/,
      parameters: { FriendlyName: TEXT, Status: oneOf('active', 'suspended', 'closed') },
      handle: (request) => {
        const own = [...network.accounts.accounts.values()].filter(
          (account) => account.ownerAccountSid === request.account.sid,
        );
        return listAnswer(request, 'accounts', own.map(accountJson));
      },
    },
    {
      method: 'GET',
      pattern: one,
      parameters: {},
      handle: ({ account }) => ({ status: 200, body: accountJson(account) }),
    },
    {
      method: 'POST',
      pattern: one,
      parameters: { FriendlyName: TEXT, Status: oneOf('active', 'suspended', 'closed') },
      handle: ({ account, form }) => {
        account.friendlyName = form.text('FriendlyName') ?? account.friendlyName;
        const statuses = ['active', 'suspended', 'closed'] as const;
        account.status = statuses.find((status) => status === form.text('Status')) ?? account.status;
        account.dateUpdated = network.now();
        return { status: 200, body: accountJson(account) };
      },
    },
  ];
}

/** `Keys` and `Applications` of an account. */
export function keyAndApplicationRoutes(network: Network): RestRoute[] {
  const { keys } = network.accounts;
  const applications = new Map<string, { accountSid: string; json: Record<string, unknown> }>();
  return [
    {
      method: 'POST',
      pattern: /^\/Keys\.json$/,
      parameters: { FriendlyName: TEXT },
      handle: ({ account, form }) => {
        const key = {
          sid: newSid('SK'),
          accountSid: account.sid,
          secret: randomBytes(16).toString('hex'),
          friendlyName: form.text('FriendlyName') ?? '',
          dateCreated: network.now(),
        };
        keys.set(key.sid, key);
        return { status: 201, body: { ...keyJson(key), secret: key.secret } };
      },
    },
    {
      method: 'GET',
      pattern: /^\/Keys\.json$/,
      parameters: {},
      handle: (request) => {
        const own = [...keys.values()].filter((key) => key.accountSid === request.account.sid);
        return listAnswer(request, 'keys', own.map(keyJson));
      },
    },
    {
      method: 'DELETE',
      pattern: /^\/Keys\/(?<sid>SK[0-9a-f]{32})\.json$/,
      parameters: {},
      handle: ({ account, path, url }) => {
        const key = keys.get(path.sid ?? '');
        if (key?.accountSid !== account.sid) throw notFound(url.pathname);
        keys.delete(key.sid);
        return { status: 204 };
      },
    },
    {
      method: 'POST',
      pattern: /^\/Applications\.json$/,
      parameters: APPLICATION_PARAMETERS,
      handle: ({ account, form }) => {
        const sid = newSid('AP');
        const json = applicationJson(sid, account, form.entries(), network.now());
        applications.set(sid, { accountSid: account.sid, json });
        return { status: 201, body: json };
      },
    },
    {
      method: 'GET',
      pattern: /^\/Applications\.json$/,
      parameters: { FriendlyName: TEXT },
      handle: (request) => {
        const own = [...applications.values()].filter((one) => one.accountSid === request.account.sid);
        const name = request.form.text('FriendlyName');
        const named = own.filter(({ json }) => name === undefined || json.friendly_name === name);
        return listAnswer(
          request,
          'applications',
          named.map(({ json }) => json),
        );
      },
    },
    {
      method: 'GET',
      pattern: /^\/Applications\/(?<sid>AP[0-9a-f]{32})\.json$/,
      parameters: {},
      handle: ({ account, path, url }) => {
        const found = applications.get(path.sid ?? '');
        if (found?.accountSid !== account.sid) throw notFound(url.pathname);
        return { status: 200, body: found.json };
      },
    },
  ];
}

/** Refuses what a closed or suspended account must not do. */
export function requireActive(account: Account): void {
  if (account.status !== 'active') throw new RestError(401, 20_005, `Account ${account.sid} is not active`);
}

function accountJson(account: Account): Record<string, unknown> {
  const uri = `/2010-04-01/Accounts/${account.sid}`;
  return {
    sid: account.sid,
    auth_token: account.authToken,
    date_created: rfc2822(account.dateCreated),
    date_updated: rfc2822(account.dateUpdated),
    friendly_name: account.friendlyName,
    owner_account_sid: account.ownerAccountSid,
    status: account.status,
    type: 'Full',
    uri: `${uri}.json`,
    subresource_uris: {
      calls: `${uri}/Calls.json`,
      incoming_phone_numbers: `${uri}/IncomingPhoneNumbers.json`,
      messages: `${uri}/Messages.json`,
      recordings: `${uri}/Recordings.json`,
    },
  };
}

function keyJson(key: { sid: string; friendlyName: string; dateCreated: Date }): Record<string, unknown> {
  const date = rfc2822(key.dateCreated);
  return { sid: key.sid, friendly_name: key.friendlyName, date_created: date, date_updated: date };
}

function applicationJson(
  sid: string,
  account: Account,
  settings: Record<string, string>,
  now: Date,
): Record<string, unknown> {
  const snake = (name: string): string => name.replaceAll(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
  const known = Object.keys(APPLICATION_PARAMETERS).map((name) => [snake(name), settings[name] ?? null]);
  return {
    ...Object.fromEntries(known),
    sid,
    account_sid: account.sid,
    api_version: '2010-04-01',
    date_created: rfc2822(now),
    date_updated: rfc2822(now),
    public_application_connect_enabled: settings.PublicApplicationConnectEnabled === 'true',
    voice_caller_id_lookup: settings.VoiceCallerIdLookup === 'true',
    uri: `/2010-04-01/Accounts/${account.sid}/Applications/${sid}.json`,
  };
}
