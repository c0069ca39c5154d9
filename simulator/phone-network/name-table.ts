/** Where a public name is served on this machine. */
export interface Endpoint {
  host: string;
  port: number;
}

/** The network's own resolver: public names to loopback addresses, as DNS and a TLS-terminating proxy would do. */
export interface NameTable {
  /** The endpoint of a URL's host; undefined is a name that does not exist. */
  resolve(url: URL): Endpoint | undefined;
  set(name: string, address: string): void;
  remove(name: string): void;
  entries(): Record<string, string>;
}

export function createNameTable(hosts: Readonly<Record<string, string>>): NameTable {
  const table = new Map<string, string>();
  const set = (name: string, address: string): void => {
    if (!parseAddress(address)) throw new RangeError(`address of ${name} is not host:port`);
    table.set(name.toLowerCase(), address);
  };
  for (const [name, address] of Object.entries(hosts)) set(name, address);
  return {
    resolve: (url) => {
      const address = table.get(url.host) ?? table.get(url.hostname);
      return address === undefined ? undefined : parseAddress(address);
    },
    set,
    remove: (name) => void table.delete(name.toLowerCase()),
    entries: () => Object.fromEntries(table),
  };
}

/** Reads `name=host:port,name=host:port`. */
export function parseHosts(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', address = ''] = pair.split('=').map((part) => part.trim());
      if (name === '' || !parseAddress(address)) throw new RangeError(`not name=host:port: ${pair}`);
      return [name, address];
    }),
  );
}

function parseAddress(address: string): Endpoint | undefined {
  const match = /^([^:\s]+):(\d{1,5})$/.exec(address);
  return match?.[1] ? { host: match[1], port: Number(match[2]) } : undefined;
}
