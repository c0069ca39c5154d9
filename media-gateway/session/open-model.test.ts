import { describe, expect, it } from 'vitest';
import { AppError } from '../../contracts/errors.ts';
import type { RealtimeModel, SessionConfig, SessionHandle } from '../../contracts/realtime-model.ts';
import { openModel, type ModelWish } from './open-model.ts';
import { FakeModel } from './fake-model.ts';
import { silentLog } from './session-fixture.ts';

const config: ModelWish['config'] = {
  systemInstruction: 'Jsi linka.',
  language: 'cs-CZ',
  voice: 'Kore',
  latencyProfile: 'fast',
  bargeIn: true,
  activity: 'model',
  tools: [],
  connectTimeoutMs: 1000,
};

/** A model whose first openings hang until they are released. */
class HangingModel extends FakeModel {
  readonly hanging: (() => void)[] = [];
  readonly asked: SessionConfig[] = [];
  hangs = 1;

  override async startSession(asked: SessionConfig): Promise<SessionHandle> {
    this.asked.push(asked);
    if (this.hangs-- > 0) await new Promise<void>((resolve) => this.hanging.push(resolve));
    return super.startSession(asked);
  }
}

function open(model: RealtimeModel, wish: Partial<ModelWish>) {
  const deps = { modelOf: () => model, accessTo: async () => ({ apiKey: 'k' }), log: silentLog, overtakeMs: 1 };
  return openModel(deps, { modelIds: ['a'], seed: [], config, ...wish });
}

describe('opening a model', () => {
  it('overtakes an attempt that hangs and closes it when it comes through after all', async () => {
    const model = new HangingModel();
    const first = await open(model, {});
    expect(first.session.sessionId).toBe('0');
    for (const release of model.hanging) release();
    await expect.poll(() => model.sessions[1]?.stopped).toBe(true);
    expect(model.sessions[0]?.stopped).toBe(false);
  });

  it('offers a handle to the model that gave it, then what was said, then the next model', async () => {
    const model = new HangingModel();
    model.hangs = 0;
    model.refusals.push(new AppError('model-refused', 'expired'), new AppError('model-refused', 'away'));
    const seed = [{ speaker: 'caller', text: 'Haló?' }] as const;
    const opened = await open(model, { modelIds: ['a', 'b'], handle: { modelId: 'a', handle: 'h1' }, seed });
    expect(opened).toMatchObject({ modelId: 'b', memory: 'seed' });
    expect(model.asked.map(({ modelId, resumptionHandle }) => [modelId, resumptionHandle])).toEqual([
      ['a', 'h1'],
      ['a', undefined],
      ['b', undefined],
    ]);
  });

  it('rejects with the last reason when no model can be had', async () => {
    const model = new FakeModel();
    model.refusals.push(new AppError('model-unavailable', 'one'), new AppError('model-unavailable', 'two'));
    await expect(open(model, {})).rejects.toThrow('two');
  });
});
