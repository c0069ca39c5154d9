import type { Logger } from 'pino';
import { AppError, messageOf } from '../../contracts/errors.ts';
import type { RealtimeModel, SessionConfig, SessionHandle } from '../../contracts/realtime-model.ts';

/** A model session that is open, and how it came about. */
export interface OpenModel {
  readonly modelId: string;
  readonly model: RealtimeModel;
  readonly session: SessionHandle;
  /** `handle`: the model remembers everything. `seed`: it was told what was said. `fresh`: it knows nothing. */
  readonly memory: 'handle' | 'seed' | 'fresh';
}

export interface OpenModelDeps {
  /** The adapter of a vendor's model; undefined for a model that nobody knows. */
  modelOf: (modelId: string) => RealtimeModel | undefined;
  /** The tenant's key for a model, and its address where it is not the vendor's own. */
  accessTo: (modelId: string) => Promise<{ apiKey: string; baseUrl?: string }>;
  log: Logger;
}

export interface ModelWish {
  /** In the order of preference. */
  modelIds: readonly string[];
  /** Of the first model, where the conversation was begun before. */
  handle?: string;
  seed: NonNullable<SessionConfig['seed']>;
  config: Omit<SessionConfig, 'modelId' | 'apiKey' | 'baseUrl' | 'resumptionHandle' | 'seed'>;
}

/** Opens the first model that can be had: with the handle, then with what was said, then the next model. Rejects when none can. */
export async function openModel({ modelOf, accessTo, log }: OpenModelDeps, wish: ModelWish): Promise<OpenModel> {
  let failure: unknown = new AppError('model-unavailable', 'the assistant names no model');
  const refusedBy = new Set<string>();
  for (const { modelId, handle } of attemptsOf(wish)) {
    if (refusedBy.has(modelId)) continue;
    const model = modelOf(modelId);
    const seed = handle === undefined && wish.seed.length > 0 ? { seed: wish.seed } : {};
    const resume = handle === undefined ? {} : { resumptionHandle: handle };
    try {
      if (!model) throw new AppError('model-refused', `no adapter for the model ${modelId}`);
      const session = await model.startSession({
        ...wish.config,
        modelId,
        ...(await accessTo(modelId)),
        ...resume,
        ...seed,
      });
      return {
        modelId,
        model,
        session,
        memory: handle !== undefined ? 'handle' : wish.seed.length > 0 ? 'seed' : 'fresh',
      };
    } catch (thrown) {
      failure = thrown;
      if (handle === undefined && thrown instanceof AppError && !thrown.retry) refusedBy.add(modelId);
      const cause =
        thrown instanceof Error && thrown.cause !== undefined ? { pii: { cause: messageOf(thrown.cause) } } : {};
      log.warn(
        { modelId, resuming: handle !== undefined, reason: messageOf(thrown), ...cause },
        'model session not opened',
      );
    }
  }
  throw failure;
}

function attemptsOf({ modelIds, handle }: ModelWish): { modelId: string; handle?: string }[] {
  const [first] = modelIds;
  const resumed = first !== undefined && handle !== undefined ? [{ modelId: first, handle }] : [];
  const plain = modelIds.map((modelId) => ({ modelId }));
  // Once more with the only model there is: a first failure is often the network's.
  return [...resumed, ...plain, ...(resumed.length === 0 && modelIds.length === 1 ? plain : [])];
}
