import { pino, type Logger } from 'pino';
import { AppError } from '../contracts/errors.ts';

/** What people said and are reached at stands under `pii.` and is hidden unless asked for; so is the text of foreign errors. */
export function createLogger({ level, personalData }: { level: string; personalData: boolean }): Logger {
  const base = { process: 'media-gateway' };
  if (personalData) return pino({ level, base });
  return pino({ level, base, redact: ['pii', '*.pii'], serializers: { err: withoutForeignText } });
}

function withoutForeignText(thrown: unknown): object {
  if (thrown instanceof AppError) return { type: thrown.name, code: thrown.code, message: thrown.message };
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const frames = thrown.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return { type: thrown.name, stack: frames.join('\n') };
}
