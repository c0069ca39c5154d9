/** Which failures of a webhook are tried again. */
export type RetryCause = '4xx' | '5xx' | 'ct' | 'rt';

/** How a webhook is connected: the network's defaults, or what the URL's fragment asks for. */
export interface ConnectionPolicy {
  connectMs: number;
  readMs: number;
  totalMs: number;
  retries: number;
  retryOn: ReadonlySet<RetryCause>;
}

export type ParsedOverrides =
  | { ok: true; url: string; policy: ConnectionPolicy }
  | { ok: false; url: string; reason: string };

const RETRY_CAUSES: readonly RetryCause[] = ['4xx', '5xx', 'ct', 'rt'];
const LIMITS = { ct: [100, 10_000], rt: [100, 15_000], tt: [100, 15_000], rc: [0, 5] } as const;

/** Defaults: connect 5 s with one more try, 15 s to read, 15 s in all. */
export const DEFAULT_POLICY: ConnectionPolicy = {
  connectMs: 5000,
  readMs: 15_000,
  totalMs: 15_000,
  retries: 1,
  retryOn: new Set<RetryCause>(['ct']),
};

/**
 * Splits a webhook URL into what is requested and signed, and the policy in its fragment
 * (`#ct=1000&rt=4000&tt=8000&rc=2&rp=all`); a policy that cannot be read is error 11243.
 */
export function parseOverrides(webhookUrl: string): ParsedOverrides {
  const hash = webhookUrl.indexOf('#');
  if (hash === -1) return { ok: true, url: webhookUrl, policy: DEFAULT_POLICY };
  const url = webhookUrl.slice(0, hash);
  let policy = DEFAULT_POLICY;
  for (const [key, value] of new URLSearchParams(webhookUrl.slice(hash + 1))) {
    const next = withOverride(policy, key, value);
    if (!next) return { ok: false, url, reason: `${key}=${value}` };
    policy = next;
  }
  return { ok: true, url, policy };
}

function withOverride(policy: ConnectionPolicy, key: string, value: string): ConnectionPolicy | undefined {
  if (key === 'e') return /^[a-z-]+(,[a-z-]+)*$/.test(value) ? policy : undefined;
  if (key === 'rp') {
    const retryOn = parseRetryCauses(value);
    return retryOn && { ...policy, retryOn };
  }
  if (key !== 'ct' && key !== 'rt' && key !== 'tt' && key !== 'rc') return undefined;
  const [least, most] = LIMITS[key];
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) return undefined;
  const field = ({ ct: 'connectMs', rt: 'readMs', tt: 'totalMs', rc: 'retries' } as const)[key];
  return { ...policy, [field]: number };
}

function parseRetryCauses(value: string): ReadonlySet<RetryCause> | undefined {
  if (value === 'all') return new Set(RETRY_CAUSES);
  const causes = value.split(',').map((part) => RETRY_CAUSES.find((cause) => cause === part));
  return causes.every((cause) => cause !== undefined) ? new Set(causes) : undefined;
}
