import { userInfo } from 'node:os';
import type { CommandOptions } from '../running/command-line.ts';
import type { OptionValues } from './flow-command.ts';

/** For commands that write: who did it. */
export const authorOption: CommandOptions = {
  by: { type: 'string', value: 'NAME', help: 'who does it; the name of the account on this machine unless said' },
};

export const authorOf = (options: OptionValues): string => options.text('by') ?? userInfo().username;
