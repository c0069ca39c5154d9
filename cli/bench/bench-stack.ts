import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { demoAccount, demoDocument } from '../demo/demo-tenants.ts';
import { databaseUrlOf, root } from '../running/client-config.ts';
import { startOwnStack, type OwnStack } from '../running/own-stack.ts';
import { ownNumber } from '../seed/own-number.ts';
import { openSeedStores } from '../seed/seed-stores.ts';
import { seedTenant } from '../seed/seed-tenant.ts';
import { startLoadProcess, type CarrierSettings, type LoadProcess } from './load-process.ts';

/** The whole product on ports of its own, with the load generator as its carrier, callers, model and tool. */
export interface BenchStack {
  stack: OwnStack;
  load: LoadProcess;
  stop(): Promise<void>;
}

export const benchTenant = 'bench';
/** Answered by an assistant that greets and has a tool. */
export const talkNumber = '+420555002001';
/** Plays one sentence and hangs up. */
export const promptNumber = '+420555002002';
/** Asks for a key, and hangs up where none comes. */
export const menuNumber = '+420555002003';
export const benchTool = 'order_status';

export async function startBenchStack(env: OwnStack['env']): Promise<BenchStack> {
  const load = await startLoadProcess();
  try {
    await mkdir(join(root, '.data'), { recursive: true });
    const log = createWriteStream(join(root, '.data', 'bench.log'));
    const stack = await startOwnStack({
      env: { ...env, GEMINI_BASE_URL: `http://127.0.0.1:${load.port}`, LOG_LEVEL: 'warn' },
      isolated: true,
      say: (part, line) => log.write(`${part.padEnd(14)} ${line}\n`),
    });
    try {
      await seed(stack, load.port);
      await load.carrier(benchCarrier(stack));
    } catch (failure) {
      await stack.stop();
      throw failure;
    }
    return {
      stack,
      load,
      stop: async () => {
        await stack.stop();
        load.stop();
      },
    };
  } catch (failure) {
    load.stop();
    throw failure;
  }
}

/** The load's carrier for this stack; `hosts` are public names besides the stack's own. */
export function benchCarrier({ config }: OwnStack, hosts: Readonly<Record<string, string>> = {}): CarrierSettings {
  const { PUBLIC_URL, GATEWAY_PUBLIC_URL, API_PORT, GATEWAY_PORT } = config;
  return {
    accountSid: demoAccount.accountId,
    authToken: demoAccount.authToken,
    publicUrl: PUBLIC_URL,
    hosts: {
      ...hosts,
      [new URL(PUBLIC_URL).host]: `127.0.0.1:${API_PORT}`,
      [new URL(GATEWAY_PUBLIC_URL).host]: `127.0.0.1:${GATEWAY_PORT}`,
    },
  };
}

async function seed({ config }: OwnStack, toolPort: number): Promise<void> {
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  const carrier = demoAccount;
  const talk = { ...demoDocument('cs', toolPort), tenant_id: benchTenant };
  const shared = { carrier, modelKey: 'load', allowedPrivateHosts: [`127.0.0.1:${toolPort}`] };
  try {
    await seedTenant(stores, {
      documents: [talk],
      number: { phoneNumber: talkNumber, accountId: carrier.accountId },
      ...shared,
    });
    await seedTenant(stores, {
      documents: [{ ...talk, assistant_id: 'hlaska' }],
      flow: promptFlow,
      number: { phoneNumber: promptNumber, accountId: carrier.accountId },
      ...shared,
    });
    await seedTenant(stores, {
      documents: [{ ...talk, assistant_id: 'volba' }],
      flow: menuFlow,
      number: { phoneNumber: menuNumber, accountId: carrier.accountId },
      ...shared,
    });
    for (const phoneNumber of [talkNumber, promptNumber, menuNumber]) {
      await ownNumber(config, { account: carrier, phoneNumber, buy: true });
    }
  } finally {
    await stores.database.close();
  }
}

const promptFlow = {
  schemaVersion: 1,
  name: 'Hláška',
  languages: ['cs-CZ'],
  voiceId: 'cs-CZ-Standard-A',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'prompt' } },
    prompt: {
      type: 'say',
      text: 'Dnes máme zavřeno. Zavolejte prosím zítra od osmi hodin.',
      edges: { next: 'bye' },
    },
    bye: { type: 'hangup', reason: 'ended' },
  },
};

const menuFlow = {
  ...promptFlow,
  name: 'Volba',
  start: 'start',
  nodes: {
    start: { type: 'start', edges: { next: 'menu' } },
    menu: {
      type: 'menu',
      prompt: 'Objednávky jedna, reklamace dva.',
      options: [
        { outcome: 'orders', digit: '1' },
        { outcome: 'complaints', digit: '2' },
      ],
      timeoutMs: 5_000,
      tries: 1,
      edges: { orders: 'bye', complaints: 'bye', noInput: 'bye', noMatch: 'bye' },
    },
    bye: { type: 'hangup', reason: 'ended' },
  },
};
