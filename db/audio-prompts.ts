import { createHash } from 'node:crypto';
import type { PromptReference } from '../contracts/flow/compiled.ts';
import { AppError } from '../contracts/errors.ts';
import { readWav } from '../contracts/wav.ts';
import type { Database } from './database.ts';
import { toJsonb } from './sql-values.ts';

/** Ten minutes of the telephone's sound. */
const maxPromptBytes = 10_000_000;

export interface AudioPrompt extends PromptReference {
  promptId: string;
  name: string;
}

export interface PromptFile {
  contentType: string;
  bytes: Buffer;
}

/** Recorded prompts: by id a file for each language, the files by what is in them. */
export function createPromptStore(database: Database) {
  return {
    /** Takes WAV files by language. A version that was published keeps the files that it was published with. */
    storePrompt: async (
      tenantId: string,
      { promptId, name, files }: { promptId: string; name: string; files: Readonly<Record<string, Uint8Array>> },
    ): Promise<AudioPrompt> => {
      const read = Object.entries(files).map(([language, bytes]) => ({
        language,
        bytes,
        ...readFile(promptId, language, bytes),
      }));
      const audio = Object.fromEntries(
        read.map(({ language, audioId, durationMs }) => [language, { audioId, durationMs }]),
      );
      return database.forTenant(tenantId).run(async (em) => {
        for (const { audioId, bytes } of read)
          await em.execute(fileSql, [tenantId, audioId, 'audio/wav', Buffer.from(bytes)]);
        await em.execute(promptSql, [tenantId, promptId, name, toJsonb(audio)]);
        return { promptId, name, audio };
      });
    },

    readPrompts: async (tenantId: string): Promise<AudioPrompt[]> =>
      database
        .forTenant(tenantId)
        .execute<AudioPrompt>(
          'select id as "promptId", name, audio from audio_prompts where tenant_id = ? order by id',
          [tenantId],
        ),

    /** By the id that a published flow carries; whether the prompt still names it or not. */
    readPromptFile: async (tenantId: string, audioId: string): Promise<PromptFile | undefined> => {
      const [row] = await database
        .forTenant(tenantId)
        .execute<PromptFile>(
          'select content_type as "contentType", bytes from prompt_files where tenant_id = ? and id = ?',
          [tenantId, audioId],
        );
      return row;
    },
  };
}

function readFile(promptId: string, language: string, bytes: Uint8Array): { audioId: string; durationMs: number } {
  const refuse = (why: string): never => {
    throw new AppError(
      'document-invalid',
      `the recording of the prompt ${promptId} for ${language} cannot be taken: ${why}`,
    );
  };
  if (bytes.byteLength > maxPromptBytes) refuse(`it has ${bytes.byteLength} bytes, and ${maxPromptBytes} are allowed`);
  const facts = readWav(bytes);
  if ('fault' in facts) return refuse(facts.fault);
  return { audioId: createHash('sha256').update(bytes).digest('hex'), durationMs: facts.durationMs };
}

const fileSql = `insert into prompt_files (tenant_id, id, content_type, bytes) values (?, ?, ?, ?) on conflict do nothing`;
const promptSql = `insert into audio_prompts (tenant_id, id, name, audio) values (?, ?, ?, ?::jsonb)
  on conflict (tenant_id, id) do update set name = excluded.name, audio = excluded.audio, updated_at = now()`;
