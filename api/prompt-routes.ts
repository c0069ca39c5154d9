import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { AppError } from '../contracts/errors.ts';
import { cutWav } from '../contracts/wav.ts';

export interface PromptRouteDeps {
  /** A recorded prompt of a tenant's; undefined where there is none. */
  promptFile: (tenantId: string, audioId: string) => Promise<{ contentType: string; bytes: Uint8Array } | undefined>;
}

const tenantId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,128}$' });
/** A file is named by what is in it: who knows the address has heard it, and it never changes. */
const audioId = Type.String({ pattern: '^[0-9a-f]{64}$' });
const PromptParams = Type.Object({ tenantId, audioId });
const CutParams = Type.Object({ tenantId, audioId, lengthMs: Type.String({ pattern: '^[1-9]\\d{0,6}$' }) });
/** Of at most 10 MB each. */
const mostKept = 20;
const year = 'public, max-age=31536000, immutable';

/** Recorded prompts for the carrier to play. They play on while the database is away, once they were played. */
export function promptRoutes({ promptFile }: PromptRouteDeps): FastifyPluginAsyncTypebox {
  /** The one that was loaded longest ago goes first. */
  const kept = new Map<string, Uint8Array>();
  const find = async (tenant: string, audio: string): Promise<Uint8Array> => {
    const key = `${tenant} ${audio}`;
    const known = kept.get(key);
    if (known) return known;
    const file = await promptFile(tenant, audio);
    if (file?.contentType !== 'audio/wav') throw new AppError('route-unknown', 'there is no such prompt');
    const [oldest] = kept.keys();
    if (kept.size >= mostKept && oldest !== undefined) kept.delete(oldest);
    kept.set(key, file.bytes);
    return file.bytes;
  };

  return async (app) => {
    app.addHook('onSend', async (_request, reply, payload) => {
      if (reply.statusCode === 200)
        reply.headers({ 'content-type': 'audio/wav', 'cache-control': year, 'x-content-type-options': 'nosniff' });
      return payload;
    });

    app.get('/telephony/t/:tenantId/prompts/:audioId', { schema: { params: PromptParams } }, async (request, reply) =>
      reply.send(Buffer.from(await find(request.params.tenantId, request.params.audioId))),
    );

    // The last part of a wait that its music does not fill evenly.
    app.get(
      '/telephony/t/:tenantId/prompts/:audioId/first/:lengthMs',
      { schema: { params: CutParams } },
      async (request, reply) => {
        const { tenantId: tenant, audioId: audio, lengthMs } = request.params;
        return reply.send(Buffer.from(cutWav(await find(tenant, audio), Number(lengthMs))));
      },
    );
  };
}
