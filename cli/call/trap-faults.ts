import type { Config } from '../../contracts/config.ts';
import type { Scenario } from '../../simulator/scenarios/scenario.ts';
import { TRAPS } from '../../simulator/traps.ts';
import { modelKey, type ModelKey } from './model-client.ts';

/** Those that spring only where the product does what they punish. */
const punishing = new Set(['unlisted-language-refused', 'audio-outside-activity-refused']);

/** The traps of a scenario in the models that its call speaks with. */
export interface ModelTraps {
  /** Arms them, also where an earlier call on the same stack has sprung them. */
  arm(): Promise<void>;
  /** Those that have not sprung, and what the models would have refused if they were real. */
  faults(): Promise<string[]>;
}

/** Reaches the models at the addresses of the configuration; one that is no simulator has none and is not asked. */
export function modelTraps(
  { GEMINI_BASE_URL, OPENAI_BASE_URL }: Pick<Config, 'GEMINI_BASE_URL' | 'OPENAI_BASE_URL'>,
  { name, traps = [], expect: { modelFaults = [] } = {} }: Scenario,
): ModelTraps {
  const keys: [string, ModelKey][] = [];
  const key = `sim-${name}`;
  if (GEMINI_BASE_URL !== undefined) keys.push(['realtime-model', modelKey(GEMINI_BASE_URL, key)]);
  if (OPENAI_BASE_URL !== undefined) keys.push(['openai-realtime', modelKey(OPENAI_BASE_URL, key)]);
  const sinceMs = Date.now();
  return {
    arm: async () => void (await Promise.all(keys.map(([, model]) => model.arm(name)))),
    async faults() {
      const found: string[] = [];
      for (const [vendor, model] of keys) {
        const [armed, sessions] = await Promise.all([model.armed(), model.sessions()]);
        const own = traps.filter((trap) => TRAPS.some((one) => one.name === trap && one.vendor === vendor));
        found.push(...waitingFaults(own.filter((trap) => armed.includes(trap) && !punishing.has(trap))));
        const faults = sessions.filter(({ openedAtMs }) => openedAtMs >= sinceMs).flatMap((session) => session.faults);
        found.push(
          ...faults.map(({ fault }) => fault).filter((fault) => !modelFaults.some((one) => fault.includes(one))),
        );
      }
      return [...new Set(found)];
    },
  };
}

/** Traps that have not sprung: their call proves nothing about them. */
export function waitingFaults(traps: readonly string[]): string[] {
  return traps.map((trap) => `the trap ${trap} never sprang`);
}

/** The scenario's traps of the phone network, of one scope. */
export function networkTraps({ traps = [] }: Pick<Scenario, 'traps'>, scope: 'call' | 'rest'): string[] {
  return traps.filter((name) =>
    TRAPS.some((trap) => trap.name === name && trap.vendor === 'phone-network' && trap.scope === scope),
  );
}
