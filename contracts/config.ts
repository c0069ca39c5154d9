import { AppError } from './errors.ts';

/** Kinds of values that a variable may hold. */
type Kind = 'text' | 'url' | 'port' | 'integer' | 'flag' | 'choice';

interface Variable {
  kind: Kind;
  default?: string;
  choices?: readonly string[];
  /** One line for `.env.example`. */
  meaning: string;
}

/** Every variable that a process of ours reads. `.env.example` is held against this table by a test. */
export const variables = {
  DATA_DIR: {
    kind: 'text',
    default: '.data',
    meaning: 'Folder of everything that must survive a restart on this machine.',
  },
  KEY_FILE: {
    kind: 'text',
    default: '.data/keys.json',
    meaning:
      'Key-encryption keys; made at the first start. Back it up: without it secrets and histories are unreadable.',
  },
  RECORDINGS_URL: {
    kind: 'url',
    meaning:
      'Where recordings are kept, sealed: a folder that all workers share, as file:///path. Absent: recordings in the data folder.',
  },
  LOG_LEVEL: {
    kind: 'choice',
    default: 'info',
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace'],
    meaning: 'How much is logged.',
  },
  LOG_PERSONAL_DATA: {
    kind: 'flag',
    default: 'false',
    meaning: 'true shows what people said and their numbers in logs; never in production.',
  },
  DATABASE_URL: {
    kind: 'url',
    meaning: 'Postgres for the application role. Absent: an embedded one in the data folder.',
  },
  DATABASE_MIGRATION_URL: { kind: 'url', meaning: 'Postgres for the owner of the tables; needed with DATABASE_URL.' },
  DATABASE_PORT: { kind: 'port', default: '5433', meaning: 'Port of the embedded Postgres.' },
  TEMPORAL_ADDRESS: { kind: 'text', meaning: 'host:port of a Temporal server. Absent: a local one is started.' },
  TEMPORAL_NAMESPACE: { kind: 'text', default: 'default', meaning: 'Namespace on the Temporal server.' },
  TEMPORAL_API_KEY: { kind: 'text', meaning: 'API key for Temporal Cloud; switches TLS on.' },
  TEMPORAL_CLI: { kind: 'text', meaning: 'Path of a temporal executable, 1.9.1 or later.' },
  TEMPORAL_PORT: { kind: 'port', default: '7233', meaning: 'Port of the local Temporal server.' },
  TEMPORAL_UI_PORT: { kind: 'port', default: '8233', meaning: 'Port of the local Temporal UI.' },
  TEMPORAL_UI_URL: { kind: 'url', meaning: 'Address of the Temporal UI for links. Absent: the local one.' },
  API_HOST: { kind: 'text', default: '127.0.0.1', meaning: 'Address that the API listens on.' },
  API_PORT: { kind: 'port', default: '3000', meaning: 'Port of the API.' },
  PUBLIC_URL: {
    kind: 'url',
    default: 'https://api.switchboard.test',
    meaning: 'Address under which the carrier reaches the API; https only.',
  },
  FALLBACK_PUBLIC_URL: {
    kind: 'url',
    meaning: 'Another API for the fallback URL of numbers and calls. Absent: the same one.',
  },
  TRUST_PROXY: {
    kind: 'flag',
    default: 'false',
    meaning: 'true takes scheme and host of a request from the headers of a proxy in front.',
  },
  CODEC_PORT: {
    kind: 'port',
    default: '3003',
    meaning: 'Loopback port on which the API decodes payloads for the Temporal UI.',
  },
  GATEWAY_HOST: { kind: 'text', default: '127.0.0.1', meaning: 'Address that the media gateway listens on.' },
  GATEWAY_PORT: { kind: 'port', default: '3001', meaning: 'Port of the media gateway.' },
  GATEWAY_PUBLIC_URL: {
    kind: 'url',
    default: 'wss://media.switchboard.test/media',
    meaning: 'Address under which the carrier reaches this gateway; wss only.',
  },
  GATEWAY_DRAIN_MS: {
    kind: 'integer',
    default: '7500',
    meaning: 'How long a gateway that stops waits for a pause in each of its calls. In production at least 30000.',
  },
  WORKER_PORT: { kind: 'port', default: '3002', meaning: 'Port of the health checks of the worker.' },
  WORKER_BUILD_ID: { kind: 'text', meaning: 'Build id of this deployment; switches worker versioning on.' },
  TWILIO_ACCOUNT_SID: {
    kind: 'text',
    meaning: 'Account of the demo tenant. Absent: the simulated phone network is started.',
  },
  TWILIO_AUTH_TOKEN: { kind: 'text', meaning: 'Auth token of that account.' },
  TWILIO_PHONE_NUMBER: { kind: 'text', meaning: 'Number of the demo tenant on that account, such as +420123456789.' },
  TWILIO_BASE_URL: {
    kind: 'url',
    meaning: 'Address of the carrier API. Absent: the vendor, or the simulated network where it is started.',
  },
  GEMINI_API_KEY: { kind: 'text', meaning: 'Key of the demo tenant. Absent: the simulated realtime model is started.' },
  GEMINI_BASE_URL: {
    kind: 'url',
    meaning: 'Address of the model API. Absent: the vendor, or the simulated model where it is started.',
  },
  OPENAI_API_KEY: {
    kind: 'text',
    meaning: 'Key for tenants whose assistants speak through OpenAI; npm run seed stores it.',
  },
  OPENAI_BASE_URL: {
    kind: 'url',
    meaning: 'Address of the OpenAI API. Absent: the vendor, or its simulator where it is started.',
  },
  CALLS_PER_SECOND: {
    kind: 'integer',
    default: '1',
    meaning:
      'Calls that all workers together start in a second on one account of the carrier: what the carrier allows, by default 1.',
  },
  CARRIER_TIMEOUT_MS: { kind: 'integer', default: '5000', meaning: 'Longest wait for an answer of the carrier API.' },
  MODEL_CONNECT_TIMEOUT_MS: { kind: 'integer', default: '5000', meaning: 'Longest wait for a model session to open.' },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    kind: 'url',
    meaning: 'Where traces go by OTLP over HTTP in protobuf, such as http://127.0.0.1:4318. Absent: nothing is traced.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    kind: 'text',
    meaning: 'Headers for it, name=value with commas between; keys of a vendor.',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;

type Parsed<V extends Variable> = V['kind'] extends 'port' | 'integer'
  ? number
  : V['kind'] extends 'flag'
    ? boolean
    : string;
type Given<V extends Variable> = V extends { default: string } ? Parsed<V> : Parsed<V> | undefined;

/** The whole configuration, by variable name, checked and frozen. */
export type Config = { readonly [K in VariableName]: Given<(typeof variables)[K]> };

/** Reads and checks all variables. Throws one `config-invalid` that names every fault at once. Empty values count as absent. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const values: Record<string, string | number | boolean | undefined> = {};
  for (const [name, variable] of Object.entries(variables)) {
    values[name] = readVariable(name, variable, env[name], faults);
  }
  faults.push(...pairFaults(env));
  if (faults.length > 0)
    throw new AppError('config-invalid', `configuration:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each value was read by its variable's kind above
  return Object.freeze(values) as Config;
}

function readVariable(
  name: string,
  variable: Variable,
  given: string | undefined,
  faults: string[],
): string | number | boolean | undefined {
  const text = given === undefined || given === '' ? variable.default : given;
  if (text === undefined) return undefined;
  switch (variable.kind) {
    case 'text':
      return text;
    case 'choice':
      if (!variable.choices?.includes(text))
        faults.push(`${name}="${text}" is none of ${variable.choices?.join(', ')}`);
      return text;
    case 'flag':
      if (text !== 'true' && text !== 'false') faults.push(`${name}="${text}" is neither true nor false`);
      return text === 'true';
    case 'port':
      if (!/^\d+$/.test(text) || Number(text) > 65_535) faults.push(`${name}="${text}" is no port (0 to 65535)`);
      return Number(text);
    case 'integer':
      if (!/^\d+$/.test(text)) faults.push(`${name}="${text}" is no whole number`);
      return Number(text);
    case 'url':
      faults.push(...urlFaults(name, text));
      return text;
  }
}

const schemes: Readonly<Record<string, readonly string[]>> = {
  DATABASE_URL: ['postgres:', 'postgresql:'],
  DATABASE_MIGRATION_URL: ['postgres:', 'postgresql:'],
  RECORDINGS_URL: ['file:'],
  PUBLIC_URL: ['https:'],
  FALLBACK_PUBLIC_URL: ['https:'],
  GATEWAY_PUBLIC_URL: ['wss:'],
};

/** Secrets stand in some URLs: the faults name the variable, not its value. */
function urlFaults(name: string, text: string): string[] {
  if (!URL.canParse(text)) return [`${name} is no URL`];
  const url = new URL(text);
  const allowed = schemes[name] ?? ['http:', 'https:'];
  if (!allowed.includes(url.protocol))
    return [`${name} must begin with ${allowed.map((scheme) => `${scheme}//`).join(' or ')}`];
  if (name === 'GATEWAY_PUBLIC_URL' && url.search !== '')
    return [`${name} must have no query string: the carrier drops it`];
  return [];
}

const pairs: readonly (readonly [VariableName, VariableName])[] = [
  ['DATABASE_URL', 'DATABASE_MIGRATION_URL'],
  ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'],
];

function pairFaults(env: Readonly<Record<string, string | undefined>>): string[] {
  return pairs
    .filter(([one, other]) => Boolean(env[one]) !== Boolean(env[other]))
    .map(([one, other]) => `${one} and ${other} go together: give both or neither`);
}
