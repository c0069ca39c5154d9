import { readFile } from 'node:fs/promises';
import { AppError, messageOf } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/tools.ts';

/** What a file holds as JSON. Throws `document-invalid` where it cannot be read, or is none. */
export async function readJson(path: string): Promise<Json> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const message = isMissing ? `there is no file ${path}` : `${path} cannot be read: ${messageOf(cause)}`;
    throw new AppError('document-invalid', message, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('document-invalid', `${path} is no JSON: ${messageOf(cause)}`, { cause });
  }
}
