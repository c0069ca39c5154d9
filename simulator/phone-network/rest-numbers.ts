import type { PhoneNumber } from './accounts.ts';
import { rfc2822 } from './call-fields.ts';
import type { Network } from './network.ts';
import { notFound, RestError } from './rest-error.ts';
import { BOOLEAN, METHOD, oneOf, TEXT, URL_PARAMETER } from './rest-form.ts';
import { listAnswer, type RestRequest, type RestRoute } from './rest-route.ts';

const SETTINGS = {
  ApiVersion: TEXT,
  FriendlyName: TEXT,
  SmsApplicationSid: TEXT,
  SmsFallbackMethod: METHOD,
  SmsFallbackUrl: URL_PARAMETER,
  SmsMethod: METHOD,
  SmsUrl: URL_PARAMETER,
  StatusCallback: URL_PARAMETER,
  StatusCallbackMethod: METHOD,
  VoiceApplicationSid: TEXT,
  VoiceCallerIdLookup: BOOLEAN,
  VoiceFallbackMethod: METHOD,
  VoiceFallbackUrl: URL_PARAMETER,
  VoiceMethod: METHOD,
  VoiceUrl: URL_PARAMETER,
  EmergencyStatus: oneOf('Active', 'Inactive'),
  EmergencyAddressSid: TEXT,
  TrunkSid: TEXT,
  IdentitySid: TEXT,
  AddressSid: TEXT,
  VoiceReceiveMode: oneOf('voice', 'fax'),
  BundleSid: TEXT,
} as const;

const PHONE = /^\+[1-9]\d{6,14}$/;

/** The `IncomingPhoneNumbers` resource. */
export function numberRoutes(network: Network): RestRoute[] {
  const { accounts } = network;
  const one = /^\/IncomingPhoneNumbers\/(?<sid>PN[0-9a-f]{32})\.json$/;
  return [
    {
      method: 'GET',
      pattern: /^\/IncomingPhoneNumbers\.json$/,
      parameters: { PhoneNumber: TEXT, FriendlyName: TEXT, Beta: BOOLEAN, Origin: TEXT },
      handle: (request) => {
        const { form, account } = request;
        const wanted = (number: PhoneNumber): boolean =>
          number.accountSid === account.sid &&
          number.phoneNumber.includes(form.text('PhoneNumber') ?? '') &&
          (form.text('FriendlyName') ?? friendlyName(number)) === friendlyName(number);
        const found = [...accounts.numbers.values()].filter(wanted);
        return listAnswer(request, 'incoming_phone_numbers', found.map(numberJson));
      },
    },
    {
      method: 'POST',
      pattern: /^\/IncomingPhoneNumbers\.json$/,
      parameters: { ...SETTINGS, PhoneNumber: TEXT, AreaCode: TEXT },
      handle: ({ form, account }) => {
        const { PhoneNumber: phoneNumber = '', AreaCode: _, ...settings } = form.entries();
        if (!PHONE.test(phoneNumber)) throw new RestError(400, 21_421, 'PhoneNumber is invalid');
        if (accounts.numberOf(phoneNumber)) throw new RestError(400, 21_422, 'PhoneNumber is not available');
        return { status: 201, body: numberJson(accounts.addNumber(account.sid, phoneNumber, settings)) };
      },
    },
    {
      method: 'GET',
      pattern: one,
      parameters: {},
      handle: (request) => ({ status: 200, body: numberJson(numberOf(network, request)) }),
    },
    {
      method: 'POST',
      pattern: one,
      parameters: { ...SETTINGS, AccountSid: TEXT },
      handle: (request) => {
        const number = numberOf(network, request);
        const { AccountSid: newOwner, ...settings } = request.form.entries();
        Object.assign(number.settings, settings);
        if (newOwner !== undefined) {
          if (!accounts.accounts.has(newOwner)) throw notFound(`/2010-04-01/Accounts/${newOwner}.json`);
          number.accountSid = newOwner;
        }
        number.dateUpdated = network.now();
        return { status: 200, body: numberJson(number) };
      },
    },
    {
      method: 'DELETE',
      pattern: one,
      parameters: {},
      handle: (request) => {
        accounts.numbers.delete(numberOf(network, request).sid);
        return { status: 204 };
      },
    },
  ];
}

function numberOf(network: Network, { path, account, url }: RestRequest): PhoneNumber {
  const number = network.accounts.numbers.get(path.sid ?? '');
  if (!number || number.accountSid !== account.sid) throw notFound(url.pathname);
  return number;
}

function friendlyName(number: PhoneNumber): string {
  return number.settings.FriendlyName ?? number.phoneNumber;
}

function numberJson(number: PhoneNumber): Record<string, unknown> {
  const { settings } = number;
  const url = (name: string): string => settings[name] ?? '';
  const method = (name: string): string => settings[name] || 'POST';
  return {
    sid: number.sid,
    account_sid: number.accountSid,
    address_requirements: 'none',
    address_sid: null,
    api_version: '2010-04-01',
    beta: false,
    bundle_sid: null,
    capabilities: { voice: true, sms: true, mms: false, fax: false },
    date_created: rfc2822(number.dateCreated),
    date_updated: rfc2822(number.dateUpdated),
    emergency_address_sid: null,
    emergency_address_status: 'unregistered',
    emergency_status: 'Inactive',
    friendly_name: friendlyName(number),
    identity_sid: null,
    origin: 'twilio',
    phone_number: number.phoneNumber,
    sms_application_sid: url('SmsApplicationSid'),
    sms_fallback_method: method('SmsFallbackMethod'),
    sms_fallback_url: url('SmsFallbackUrl'),
    sms_method: method('SmsMethod'),
    sms_url: url('SmsUrl'),
    status: 'in-use',
    status_callback: url('StatusCallback'),
    status_callback_method: method('StatusCallbackMethod'),
    trunk_sid: settings.TrunkSid ?? null,
    type: 'local',
    uri: `/2010-04-01/Accounts/${number.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
    voice_application_sid: url('VoiceApplicationSid'),
    voice_caller_id_lookup: settings.VoiceCallerIdLookup === 'true',
    voice_fallback_method: method('VoiceFallbackMethod'),
    voice_fallback_url: url('VoiceFallbackUrl'),
    voice_method: method('VoiceMethod'),
    voice_receive_mode: settings.VoiceReceiveMode ?? 'voice',
    voice_url: url('VoiceUrl'),
  };
}
