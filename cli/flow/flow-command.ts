/** What a command of `npm run flow` is made of. */
import type { ParseArgsOptionsConfig } from 'node:util';
import { AppError } from '../../contracts/errors.ts';

export interface FlowCommand {
  /** Its arguments, as the first line of its help shows them. */
  usage: string;
  /** What it does, in a line. */
  summary: string;
  /** By name without `--`, beside those that all have. */
  options: Readonly<Record<string, FlowOption>>;
  run(input: CommandInput): Promise<CommandResult>;
}

export interface FlowOption {
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** Stands after it in the help, such as `FILE`. */
  value?: string;
  help: string;
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
    throw wrongUsage(`--${name} "${text}" is no whole number`);
  }
}

/** Of all commands. */
export const commonOptions: Readonly<Record<string, FlowOption>> = {
  tenant: { type: 'string', value: 'ID', help: 'whose flows; demo unless said' },
  language: { type: 'string', value: 'en|cs', help: 'language of problems and differences; en unless said' },
  json: { type: 'boolean', help: 'prints one JSON object and nothing else' },
  help: { type: 'boolean', help: 'this text' },
};

/** The tenant's id of a command line. */
export const tenantOf = (options: OptionValues): string => options.text('tenant') ?? 'demo';

export function parseConfigOf(options: Readonly<Record<string, FlowOption>>): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
}

/** A command line that makes no sense: exit code 2, with the command's help. */
export class WrongUsage extends AppError {
  constructor(message: string) {
    super('config-invalid', message);
  }
}

export const wrongUsage = (message: string): WrongUsage => new WrongUsage(message);
