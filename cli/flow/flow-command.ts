/** What a command of `npm run flow` is made of. */
import { type CommandOptions, WrongUsage } from '../running/command-line.ts';

export interface FlowCommand {
  /** Its arguments, as the first line of its help shows them. */
  usage: string;
  /** What it does, in a line. */
  summary: string;
  /** By name without `--`, beside those that all have. */
  options: CommandOptions;
  run(input: CommandInput): Promise<CommandResult>;
}

export interface CommandInput {
  positionals: readonly string[];
  options: OptionValues;
  env: Readonly<Record<string, string | undefined>>;
  language: 'en' | 'cs';
}

/** Lines for people, the same for programs, and whether it went well. */
export interface CommandResult {
  lines: readonly string[];
  json: Readonly<Record<string, unknown>>;
  /** True unless said. */
  ok?: boolean;
  /** Goes out as it is and alone, such as an export. */
  raw?: string;
}

/** The options of a command line, by what they are expected to be. */
export class OptionValues {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** A whole number from 0. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw new WrongUsage(`--${name} "${text}" is no whole number`);
  }
}

/** Of all commands. */
export const commonOptions: CommandOptions = {
  tenant: { type: 'string', value: 'ID', help: 'whose flows; demo unless said' },
  language: { type: 'string', value: 'en|cs', help: 'language of problems and differences; en unless said' },
  json: { type: 'boolean', help: 'prints one JSON object and nothing else' },
};

/** The tenant's id of a command line. */
export const tenantOf = (options: OptionValues): string => options.text('tenant') ?? 'demo';
