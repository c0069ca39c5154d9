import type { Writable } from 'node:stream';
import { pino, type Logger, type LoggerOptions as PinoOptions } from 'pino';
import { AppError } from '../contracts/errors.ts';

export interface LoggerOptions {
  level: string;
  /** Shows what stands under `pii.`; never in production. */
  personalData: boolean;
  /** Absent: standard output. */
  sink?: Writable;
}

/** What people said and are reached at stands under `pii.` and is hidden unless asked for; so is the text of foreign errors. */
export function createLogger({ level, personalData, sink }: LoggerOptions): Logger {
  const options: PinoOptions = {
    level,
    base: { process: 'api' },
    ...(personalData ? {} : { redact: ['pii', '*.pii'], serializers: { err: withoutForeignText } }),
  };
  return sink ? pino(options, sink) : pino(options);
}

function withoutForeignText(thrown: unknown): object {
  if (thrown instanceof AppError) return { type: thrown.name, code: thrown.code, message: thrown.message };
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const frames = thrown.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return { type: thrown.name, stack: frames.join('\n') };
}
