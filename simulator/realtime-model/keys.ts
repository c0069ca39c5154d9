import { loadScenario, scenarioNames } from '../scenarios/load-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { createTrapSet, isModelTrap, type TrapSet } from './model-traps.ts';

/** What an API key stands for. */
export interface KeyBinding {
  readonly scenario: Scenario;
  /** Shared by all sessions of the key: a trap springs once, not again in the session that follows. */
  readonly traps: TrapSet;
}

export interface KeyRing {
  find(key: string): KeyBinding | undefined;
  /** Throws a RangeError that names what is unknown. */
  bind(key: string, scenario: string, traps: readonly string[]): KeyBinding;
}

/** Keys are those that were bound, and `sim-<scenario>` with traps after it: `sim-demo-cs.go-away`. */
export function createKeyRing(): KeyRing {
  const bound = new Map<string, KeyBinding>();
  const bind: KeyRing['bind'] = (key, name, traps) => {
    const scenario = loadScenario(name);
    const armed = [...(scenario.traps ?? []).filter(isModelTrap), ...traps].map((trap) => {
      if (!isModelTrap(trap)) throw new RangeError(`unknown trap "${trap}"`);
      return trap;
    });
    const binding = { scenario, traps: createTrapSet(armed) };
    bound.set(key, binding);
    return binding;
  };
  return {
    bind,
    find(key) {
      const found = bound.get(key);
      if (found || !key.startsWith('sim-')) return found;
      const [name = '', ...traps] = key.slice(4).split('.');
      return scenarioNames().includes(name) && traps.every(isModelTrap) ? bind(key, name, traps) : undefined;
    },
  };
}
