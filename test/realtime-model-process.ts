import { startSimulatorProcess } from './simulator-process.ts';

/** What a test reads of a session's record. */
export interface SimulatedSession {
  id: string;
  key: string;
  setup?: Record<string, unknown>;
  /** What was replaced in the open session. */
  contextUpdates: readonly { atMs: number; instruction?: string; tools?: readonly string[] }[];
  received: readonly { kind: string; text?: string; audioMs?: number }[];
  closed?: { code: number; reason: string };
}

export interface RealtimeModelProcess {
  url: string;
  /** Lets an API key stand for a scenario, with traps that spring once each. */
  bindKey(key: string, scenario: string, traps?: readonly string[]): Promise<void>;
  sessions(key: string): Promise<SimulatedSession[]>;
  /** Springs a trap now, in the newest session of the key. */
  spring(key: string, trap: string): Promise<void>;
  /** What the real server would have refused. */
  violations(): Promise<{ key: string; detail: string }[]>;
  stop(): Promise<void>;
}

/** Runs the simulated realtime model as a process of its own. */
export async function startRealtimeModelProcess(): Promise<RealtimeModelProcess> {
  const { url, control, stop } = await startSimulatorProcess('realtime-model', 'SIM_MODEL_PORT');
  return {
    url,
    bindKey: async (key, scenario, traps = []) => void (await control('PUT', `/keys/${key}`, { scenario, traps })),
    sessions: (key) => control('GET', `/sessions?key=${key}`),
    spring: async (key, name) => {
      const newest = (await control<SimulatedSession[]>('GET', `/sessions?key=${key}`)).at(-1);
      await control('POST', `/sessions/${newest?.id}/trap`, { name });
    },
    violations: () => control('GET', '/violations'),
    stop,
  };
}
