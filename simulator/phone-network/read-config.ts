import type { AccountSeed, NumberSeed } from './accounts.ts';
import { parseHosts } from './name-table.ts';
import { ControlError, isRecord } from './parse-steps.ts';

/** What the phone network is started with. */
export interface PhoneNetworkConfig {
  port: number;
  hosts: Record<string, string>;
  accounts: AccountSeed[];
}

/** The account and number that exist where nothing else is configured. */
export const DEMO_ACCOUNT: AccountSeed = {
  sid: 'AC00000000000000000000000000000de0',
  authToken: '0123456789abcdef0123456789abcdef',
  friendlyName: 'Demo',
  callsPerSecond: 10,
  numbers: [
    {
      phoneNumber: '+420800123456',
      voiceFallbackUrl: 'https://api.switchboard.test/telephony/fallback',
      voiceUrl: 'https://api.switchboard.test/telephony/voice',
      statusCallback: 'https://api.switchboard.test/telephony/status',
    },
  ],
};

const DEFAULT_PORT = 4010;
const DEFAULT_HOSTS = 'api.switchboard.test=127.0.0.1:3000,media.switchboard.test=127.0.0.1:3001';

/** Reads SIM_PHONE_PORT, SIM_HOSTS and SIM_ACCOUNTS; throws a RangeError that names what is wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): PhoneNetworkConfig {
  const port = Number(env.SIM_PHONE_PORT ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('SIM_PHONE_PORT is not a port');
  const accounts = env.SIM_ACCOUNTS ? parseAccounts(JSON.parse(env.SIM_ACCOUNTS)) : [DEMO_ACCOUNT];
  return { port, hosts: parseHosts(env.SIM_HOSTS ?? DEFAULT_HOSTS), accounts };
}

/** Checks a list of accounts. */
export function parseAccounts(value: unknown): AccountSeed[] {
  if (!Array.isArray(value)) throw new ControlError(400, 'accounts is not a list');
  return value.map((one) => {
    if (!isRecord(one) || typeof one.sid !== 'string' || typeof one.authToken !== 'string') {
      throw new ControlError(400, 'an account needs sid and authToken');
    }
    if (!/^AC[0-9a-f]{32}$/.test(one.sid)) throw new ControlError(400, 'sid of an account is AC and 32 hex digits');
    const { friendlyName, callsPerSecond, numbers = [] } = one;
    if (!Array.isArray(numbers)) throw new ControlError(400, 'numbers is not a list');
    return {
      sid: one.sid,
      authToken: one.authToken,
      friendlyName: typeof friendlyName === 'string' ? friendlyName : undefined,
      callsPerSecond: typeof callsPerSecond === 'number' ? callsPerSecond : undefined,
      numbers: numbers.map(parseNumber),
    };
  });
}

function parseNumber(value: unknown): NumberSeed {
  if (!isRecord(value) || typeof value.phoneNumber !== 'string') {
    throw new ControlError(400, 'a number needs phoneNumber');
  }
  const text = (name: string): string | undefined => {
    const found = value[name];
    return typeof found === 'string' ? found : undefined;
  };
  return {
    phoneNumber: value.phoneNumber,
    voiceUrl: text('voiceUrl'),
    voiceFallbackUrl: text('voiceFallbackUrl'),
    statusCallback: text('statusCallback'),
  };
}
