/**
 * Where a tool may go. A tenant's admin writes the address, so our own network must be out of its reach: the check is
 * made on the address that a name resolves to, in the moment of connecting, for every hop of a redirect.
 */
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent } from 'undici';
import { ToolFailure } from './tool-failure.ts';

export type Lookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (failure: Error | null, addresses: LookupAddress[]) => void,
) => void;

const connectTimeoutMs = 5_000;
const maxAgents = 200;

/** Refuses schemes other than http and https, and addresses that are written as numbers and not public. */
export function checkUrl(url: URL, allowedPrivateHosts: readonly string[]): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused(`scheme ${url.protocol}`);
  const host = bareHost(url.hostname);
  if (isIP(host) && !isPublic(host) && !isAllowed(url, allowedPrivateHosts)) throw refused('a private address');
}

/** True for addresses of the public internet; false for private, loopback, link-local, shared, reserved and multicast ones. */
export function isPublic(address: string): boolean {
  // `process` unwraps IPv4 in IPv6; the 6to4, Teredo and NAT64 ranges, which carry it too, are no unicast range.
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

/** Agents whose connections are checked; one for each set of allowed hosts, since a kept connection is not checked again. */
export function createGuardedAgents(lookup: Lookup = systemLookup) {
  const agents = new Map<string, Agent>();
  return {
    agentFor: (url: URL, allowedPrivateHosts: readonly string[]): Agent => {
      const open = isAllowed(url, allowedPrivateHosts);
      const key = open ? `open ${hostAndPort(url)}` : 'public';
      const known = agents.get(key);
      if (known) return known;
      const agent = new Agent({
        connect: { timeout: connectTimeoutMs, lookup: open ? plain(lookup) : guarded(lookup) },
      });
      if (agents.size >= maxAgents) forgetOldest(agents);
      agents.set(key, agent);
      return agent;
    },
    close: async (): Promise<void> => {
      await Promise.all([...agents.values()].map((agent) => agent.close()));
    },
  };
}

function forgetOldest(agents: Map<string, Agent>): void {
  const [oldest] = agents;
  if (!oldest) return;
  agents.delete(oldest[0]);
  void oldest[1].close();
}

type LookupDone = (failure: Error | null, address: string | LookupAddress[], family?: number) => void;

function plain(lookup: Lookup) {
  return (hostname: string, options: LookupOptions, done: LookupDone): void =>
    resolve(lookup, hostname, options, done, () => true);
}

function guarded(lookup: Lookup) {
  return (hostname: string, options: LookupOptions, done: LookupDone): void =>
    resolve(lookup, hostname, options, done, isPublic);
}

/** One private address among several is enough to refuse: which one is taken is not ours to choose. */
function resolve(
  lookup: Lookup,
  hostname: string,
  options: LookupOptions,
  done: LookupDone,
  accepts: (address: string) => boolean,
): void {
  lookup(hostname, { ...options, all: true }, (failure, addresses) => {
    const [first] = addresses ?? [];
    if (failure || !first) return done(failure ?? new Error('no address'), []);
    if (!addresses.every(({ address }) => accepts(address))) return done(refused('a name of a private address'), []);
    if (options.all) return done(null, addresses);
    done(null, first.address, first.family);
  });
}

function isAllowed(url: URL, allowedPrivateHosts: readonly string[]): boolean {
  return allowedPrivateHosts.includes(hostAndPort(url));
}

function hostAndPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function refused(cause: string): ToolFailure {
  return new ToolFailure('refused-address', 'The tool is not set up correctly.', { cause });
}
