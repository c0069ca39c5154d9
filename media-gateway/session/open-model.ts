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
  /** How long an attempt may take before the next one begins beside it. */
  overtakeMs?: number;
}

export interface ModelWish {
  /** In the order of preference. */
  modelIds: readonly string[];
  /** Where the conversation was begun before, with that model. */
  handle?: ResumptionHandle;
  seed: NonNullable<SessionConfig['seed']>;
  config: Omit<SessionConfig, 'modelId' | 'apiKey' | 'baseUrl' | 'resumptionHandle' | 'seed'>;
}

export interface ResumptionHandle {
  readonly modelId: string;
  readonly handle: string;
}

interface Attempt {
  readonly modelId: string;
  readonly handle?: string;
}

const OVERTAKE_MS = 1500;

/**
 * Opens the first model that can be had: with the handle, then with what was said, then the next model. An attempt that
 * hangs is overtaken by the next one, and closed should it come through after all. Rejects when none can be had.
 */
export function openModel(deps: OpenModelDeps, wish: ModelWish): Promise<OpenModel> {
  const attempts = attemptsOf(wish);
  const refusedBy = new Set<string>();
  return new Promise((resolve, reject) => {
    let failure: unknown = new AppError('model-unavailable', 'the assistant names no model');
    let running = 0;
    let won = false;
    let overtaking: NodeJS.Timeout | undefined;

    const begin = (): void => {
      clearTimeout(overtaking);
      let attempt = attempts.shift();
      while (attempt && refusedBy.has(attempt.modelId)) attempt = attempts.shift();
      if (!attempt) {
        if (running === 0) reject(failure);
        return;
      }
      running += 1;
      if (attempts.length > 0) overtaking = setTimeout(begin, deps.overtakeMs ?? OVERTAKE_MS);
      void carryOut(attempt);
    };
    const carryOut = async (attempt: Attempt): Promise<void> => {
      try {
        const open = await openOne(deps, wish, attempt);
        running -= 1;
        if (won) return await open.model.stopSession(open.session.sessionId);
        won = true;
        clearTimeout(overtaking);
        resolve(open);
      } catch (thrown) {
        running -= 1;
        failure = thrown;
        if (attempt.handle === undefined && thrown instanceof AppError && !thrown.retry) refusedBy.add(attempt.modelId);
        sayWhy(deps.log, attempt, thrown);
        if (!won) begin();
      }
    };
    begin();
  });
}

async function openOne({ modelOf, accessTo }: OpenModelDeps, wish: ModelWish, attempt: Attempt): Promise<OpenModel> {
  const { modelId, handle } = attempt;
  const model = modelOf(modelId);
  if (!model) throw new AppError('model-refused', `no adapter for the model ${modelId}`);
  const seed = handle === undefined && wish.seed.length > 0 ? { seed: wish.seed } : {};
  const resume = handle === undefined ? {} : { resumptionHandle: handle };
  const access = await accessTo(modelId);
  const session = await model.startSession({ ...wish.config, modelId, ...access, ...resume, ...seed });
  return {
    modelId,
    model,
    session,
    memory: handle !== undefined ? 'handle' : wish.seed.length > 0 ? 'seed' : 'fresh',
  };
}

function attemptsOf({ modelIds, handle }: ModelWish): Attempt[] {
  const resumed = handle !== undefined && modelIds.includes(handle.modelId) ? [handle] : [];
  const plain = modelIds.map((modelId) => ({ modelId }));
  // Once more with the only model there is: a first failure is often the network's.
  return [...resumed, ...plain, ...(resumed.length === 0 && modelIds.length === 1 ? plain : [])];
}

function sayWhy(log: Logger, { modelId, handle }: Attempt, thrown: unknown): void {
  const cause =
    thrown instanceof Error && thrown.cause !== undefined ? { pii: { cause: messageOf(thrown.cause) } } : {};
  log.warn(
    { modelId, resuming: handle !== undefined, reason: messageOf(thrown), ...cause },
    'model session not opened',
  );
}
