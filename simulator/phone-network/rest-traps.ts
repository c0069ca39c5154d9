import { TRAPS } from '../traps.ts';

/** A trap that waits for REST requests. */
export interface ArmedRestTrap {
  name: string;
  /** How many requests it still spoils. */
  times: number;
  /** Only requests whose `METHOD /path` contains this. */
  match: string;
  /** Only requests about this number: as `To` of a form, or asked for in a query. */
  to?: string | undefined;
}

/** Traps for the REST API: armed by the control API, sprung by the requests they match. */
export class RestTraps {
  #armed: ArmedRestTrap[] = [];

  arm(trap: ArmedRestTrap): void {
    if (!TRAPS.some((known) => known.name === trap.name && known.scope === 'rest')) {
      throw new RangeError(`no REST trap ${trap.name}`);
    }
    this.#armed.push(trap);
  }

  /** Those that still wait, each with how many requests it would spoil. */
  get armed(): readonly ArmedRestTrap[] {
    return this.#armed.filter(({ times }) => times > 0);
  }

  disarmAll(): void {
    this.#armed = [];
  }

  /** The trap that this request runs into, if any; each spoils as many requests as it was armed for. */
  spring(method: string, path: string, to: string | null): string | undefined {
    const trap = this.#armed.find(
      (one) => one.times > 0 && `${method} ${path}`.includes(one.match) && (one.to === undefined || one.to === to),
    );
    if (!trap) return undefined;
    trap.times -= 1;
    return trap.name;
  }
}

/** The names of the traps that a call can be placed with. */
export const CALL_SWITCHES: readonly string[] = TRAPS.filter(
  (trap) => trap.vendor === 'phone-network' && trap.scope === 'call',
).map((trap) => trap.name);
