import formbody from '@fastify/formbody';
import { type TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Metrics } from '../contracts/metrics.ts';
import type { Adoptions } from './adoptions.ts';
import { createReadiness, type Needs } from '../contracts/readiness.ts';
import type { Tracer } from '../contracts/tracing.ts';
import { type CallAnswererDeps, createCallAnswerer } from './call-answerer.ts';
import { type CallRouteDeps, callRoutes } from './call-routes.ts';
import { guardCarrier, type CarrierGuardOptions } from './carrier-guard.ts';
import { handleErrors } from './error-handler.ts';
import { healthRoutes } from './health-routes.ts';
import { measureAdoptions, measureRequests } from './metrics.ts';
import { messageRoutes } from './message-routes.ts';
import { type StatusRouteDeps, statusRoutes } from './status-routes.ts';
import { type PromptRouteDeps, promptRoutes } from './prompt-routes.ts';
import { traceWebhooks } from './tracing.ts';
import { type VoiceRouteDeps, voiceRoutes } from './voice-routes.ts';

export interface ApiDeps
  extends
    CarrierGuardOptions,
    Omit<CallAnswererDeps, 'calls'>,
    Omit<StatusRouteDeps, 'calls'>,
    Omit<VoiceRouteDeps, 'answerer'>,
    PromptRouteDeps,
    Omit<CallRouteDeps, 'start' | 'control'> {
  calls: CallAnswererDeps['calls'] & StatusRouteDeps['calls'] & Pick<CallRouteDeps, 'start' | 'control'>;
  adoptions: Pick<Adoptions, 'offer' | 'hold' | 'waiting'>;
  needs: Needs;
  metrics: Metrics;
  tracer?: Tracer | undefined;
  log: FastifyBaseLogger;
}

/** The carrier's forms are a few kilobytes at most. */
const maxBodyBytes = 64 * 1024;

/** The API as an app that nobody listens to yet. */
export async function createApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    trustProxy: deps.trustProxy,
    forceCloseConnections: 'idle',
    // The carrier's fields are taken as they came: a changed form would no longer fit its signature.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false, allErrors: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  handleErrors(app);
  const readiness = createReadiness(deps.needs, deps.metrics);
  measureRequests(app, deps.metrics, readiness);
  const adoptions = measureAdoptions(deps.adoptions, deps.metrics);
  const { start, control } = deps.calls;
  await app.register(healthRoutes(readiness));
  await app.register(promptRoutes(deps));
  await app.register(callRoutes({ ...deps, start, control }));
  await app.register(async (telephony) => {
    telephony.removeAllContentTypeParsers();
    await telephony.register(formbody, { bodyLimit: maxBodyBytes });
    guardCarrier(telephony, deps);
    if (deps.tracer) traceWebhooks(telephony, deps.tracer);
    await telephony.register(voiceRoutes({ ...deps, answerer: createCallAnswerer({ ...deps, adoptions }) }));
    await telephony.register(statusRoutes(deps));
    await telephony.register(messageRoutes(deps));
  });
  return app;
}
