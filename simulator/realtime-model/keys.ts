import { loadScenario, scenarioNames } from '../scenarios/load-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { createTrapSet, type ModelTrapName, type TrapSet } from './model-traps.ts';

/** What an API key stands for. */
export interface KeyBinding<Trap = ModelTrapName> {
  readonly scenario: Scenario;
  /** Shared by all sessions of the key: a trap springs once, not again in the session that follows. */
  readonly traps: TrapSet<Trap>;
}

export interface KeyRing<Trap = ModelTrapName> {
  find(key: string): KeyBinding<Trap> | undefined;
  /** Throws a RangeError that names what is unknown. */
  bind(key: string, scenario: string, traps: readonly string[]): KeyBinding<Trap>;
}

/** Keys are those that were bound, and `sim-<scenario>` with traps after it: `sim-demo-cs.go-away`. */
export function createKeyRing<Trap extends string>(isTrap: (name: string) => name is Trap): KeyRing<Trap> {
  const bound = new Map<string, KeyBinding<Trap>>();
  const bind: KeyRing<Trap>['bind'] = (key, name, traps) => {
    const scenario = loadScenario(name);
    const armed = [...(scenario.traps ?? []).filter(isTrap), ...traps].map((trap) => {
      if (!isTrap(trap)) throw new RangeError(`unknown trap "${trap}"`);
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
      return scenarioNames().includes(name) && traps.every(isTrap) ? bind(key, name, traps) : undefined;
    },
  };
}
