import { type Config, variables } from '../../contracts/config.ts';
import { numberUrls } from '../../telephony/callback-urls.ts';
import { demoAccount, demoNumbers } from '../demo/demo-tenants.ts';
import type { PlannedProcess } from './process-plan.ts';
import { type SimulatorPorts, simulatorVariables } from './simulator-settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the supervisor knows and the processes are told: addresses of what it started, and absolute paths. */
export type Addresses = Partial<Record<keyof typeof variables, string>>;

export interface ChildEnvInput {
  process: Pick<PlannedProcess, 'isSimulator'>;
  env: Environment;
  config: Config;
  ports: SimulatorPorts;
  addresses: Addresses;
}

/**
 * The environment of one child. A process of the product gets its variables as they were given, with `addresses` on top;
 * a simulator gets none of them (secrets above all), but its ports and where public names lead. npm's own are dropped.
 */
export function childEnv({ process, env, config, ports, addresses }: ChildEnvInput): Environment {
  const isOurs = (name: string): boolean => name in variables || name in simulatorVariables;
  const general = Object.entries(env).filter(([name]) => !isOurs(name) && !/^npm_/i.test(name));
  if (process.isSimulator) {
    return {
      ...Object.fromEntries(general),
      SIM_PHONE_PORT: String(ports.SIM_PHONE_PORT),
      SIM_MODEL_PORT: String(ports.SIM_MODEL_PORT),
      SIM_OPENAI_PORT: String(ports.SIM_OPENAI_PORT),
      SIM_CRM_PORT: String(ports.SIM_CRM_PORT),
      SIM_HOSTS: env['SIM_HOSTS'] ?? publicNames(config),
      SIM_ACCOUNTS: env['SIM_ACCOUNTS'] ?? JSON.stringify([demoAccountOf(config)]),
      LOG_LEVEL: env['LOG_LEVEL'],
    };
  }
  const ours = Object.entries(env).filter(([name]) => name in variables);
  return { ...Object.fromEntries([...general, ...ours]), ...addresses };
}

/** The demo's account with its numbers led here, so that the network knows them also after a restart of its own. */
function demoAccountOf({ PUBLIC_URL, FALLBACK_PUBLIC_URL }: Config) {
  const { voice, fallback, status } = numberUrls(PUBLIC_URL, FALLBACK_PUBLIC_URL);
  const urls = { voiceUrl: voice, voiceFallbackUrl: fallback, statusCallback: status };
  const numbers = Object.values(demoNumbers).map((phoneNumber) => ({ phoneNumber, ...urls }));
  return { sid: demoAccount.accountId, authToken: demoAccount.authToken, callsPerSecond: 10, numbers };
}

/** `name=host:port,…`: the phone network resolves public names to loopback, as a proxy in front of us would. */
function publicNames(config: Config): string {
  const api = `127.0.0.1:${config.API_PORT}`;
  const names = new Map([
    [new URL(config.PUBLIC_URL).host, api],
    [new URL(config.GATEWAY_PUBLIC_URL).host, `127.0.0.1:${config.GATEWAY_PORT}`],
  ]);
  if (config.FALLBACK_PUBLIC_URL) names.set(new URL(config.FALLBACK_PUBLIC_URL).host, api);
  return [...names].map(([name, address]) => `${name}=${address}`).join(',');
}
