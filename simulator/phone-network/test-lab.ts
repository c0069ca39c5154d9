import { afterEach, beforeEach } from 'vitest';
import type { PhoneNetwork } from './phone-network.ts';
import { type CallRecord, controlOf, startTestNetwork, startTestProduct, type TestProduct } from './test-product.ts';

/** A network and a small customer's server, new for each test of a file. */
export interface TestLab {
  readonly product: TestProduct;
  readonly network: PhoneNetwork;
  readonly control: ReturnType<typeof controlOf>;
  /** Answers paths with TwiML, places a call and gives its record after the end. */
  callWith(answers: Readonly<Record<string, string>>, body?: Record<string, unknown>): Promise<CallRecord>;
}

export function useTestLab(): TestLab {
  let parts: { readonly product: TestProduct; readonly network: PhoneNetwork } | undefined;
  const started = (): NonNullable<typeof parts> => {
    if (!parts) throw new RangeError('the lab is open within tests only');
    return parts;
  };
  beforeEach(async () => {
    const product = await startTestProduct();
    parts = { product, network: await startTestNetwork(product) };
  });
  afterEach(async () => {
    const { product, network } = started();
    parts = undefined;
    await network.close();
    await product.close();
  });
  const lab: TestLab = {
    get product() {
      return started().product;
    },
    get network() {
      return started().network;
    },
    get control() {
      return controlOf(started().network);
    },
    async callWith(answers, body = {}) {
      for (const [path, twiml] of Object.entries(answers)) lab.product.respond.set(path, () => twiml);
      return await lab.control.wait(await lab.control.call(body));
    },
  };
  return lab;
}
