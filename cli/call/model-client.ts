import type { Config } from '../../contracts/config.ts';

/** A session of the simulated model, as far as a call's trials need it. */
export interface ModelSession {
  id: string;
  /** Absent while it is open. */
  closed?: { by: 'client' | 'server' };
  /** On the wall clock. */
  openedAtMs: number;
  /** What the real server would have refused, and what the script has no answer to. */
  faults: readonly { fault: string }[];
}

export interface ModelClient {
  session(id: string): Promise<ModelSession>;
  /** Springs a trap in each open session, of one key where it is named; returns their ids. */
  spring(trap: string, key?: string): Promise<string[]>;
}

/** What a simulated model, of whichever vendor, knows of one key. */
export interface ModelKey {
  /** Arms the scenario's traps, also where an earlier call has sprung them. */
  arm(scenario: string): Promise<void>;
  /** Traps that have not sprung yet. */
  armed(): Promise<string[]>;
  sessions(): Promise<ModelSession[]>;
}

export function modelKey(baseUrl: string, key: string): ModelKey {
  async function ask<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(`${baseUrl}/_sim/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`the model at ${baseUrl} refused ${path}: ${text}`);
    return JSON.parse(text);
  }
  const path = `keys/${encodeURIComponent(key)}`;
  return {
    arm: async (scenario) => void (await ask(path, { method: 'PUT', body: JSON.stringify({ scenario }) })),
    armed: async () => (await ask<{ traps: string[] }>(path)).traps,
    sessions: () => ask(`sessions?key=${encodeURIComponent(key)}`),
  };
}

/** The control side of the simulated realtime model. */
export function createModelClient({ GEMINI_BASE_URL }: Pick<Config, 'GEMINI_BASE_URL'>): ModelClient {
  const url = `${GEMINI_BASE_URL}/_sim/sessions`;
  const at = (id: string): string => `${url}/${encodeURIComponent(id)}`;
  async function ask<T>(address: string, init?: RequestInit): Promise<T> {
    const response = await fetch(address, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`the model refused ${address}: ${text}`);
    return JSON.parse(text);
  }
  return {
    session: (id) => ask<ModelSession>(at(id)),
    async spring(trap, key) {
      const sessions = await ask<ModelSession[]>(key === undefined ? url : `${url}?key=${encodeURIComponent(key)}`);
      const open = sessions.filter(({ closed }) => closed === undefined).map(({ id }) => id);
      const body = JSON.stringify({ name: trap });
      // One that ends meanwhile needs no trap.
      await Promise.allSettled(open.map((id) => ask(`${at(id)}/trap`, { method: 'POST', body })));
      return open;
    },
  };
}
