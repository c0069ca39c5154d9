/** `npm run seed -- FILE… [--number +420…] [--flow FILE]`: takes assistant documents and routes a number to them. */
import { parseArgs } from 'node:util';
import { type Config, readConfig } from '../contracts/config.ts';
import { AppError, messageOf } from '../contracts/errors.ts';
import { demoAccount } from './demo/demo-tenants.ts';
import { databaseUrlOf, runningConfig } from './running/client-config.ts';
import { readJson } from './running/read-json.ts';
import { ownNumber } from './seed/own-number.ts';
import { demoCarrier } from './seed/seed-demo.ts';
import { openSeedStores } from './seed/seed-stores.ts';
import { seedTenant } from './seed/seed-tenant.ts';

const usage =
  'usage: npm run seed -- FILE… [--number +420123456789] [--flow FILE] (the files are assistant documents of one tenant)';

process.stdout.on('error', () => undefined); // the reader of a pipe has gone

try {
  await main();
} catch (failure) {
  console.error(failure instanceof AppError ? failure.message : `seeding failed: ${messageOf(failure)}`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { number: { type: 'string' }, flow: { type: 'string' } },
  });
  if (positionals.length === 0) throw new AppError('document-invalid', usage);
  if (values.number !== undefined && !/^\+[1-9]\d{5,14}$/.test(values.number)) {
    throw new AppError(
      'document-invalid',
      `--number "${values.number}" is no number in international form, such as +420123456789`,
    );
  }
  const config = (await runningConfig(process.env)) ?? readConfig(process.env);
  const documents = await Promise.all(positionals.map(readJson));
  const flow = values.flow === undefined ? undefined : await readJson(values.flow);
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  try {
    const carrier = demoCarrier(config);
    const number =
      values.number === undefined
        ? {}
        : { number: { phoneNumber: values.number, accountId: carrier.accountId }, carrier };
    const model = modelKeyOf(config, documents[0]);
    const result = await seedTenant(stores, {
      documents,
      ...(flow === undefined ? {} : { flow }),
      ...number,
      modelKey: model.key,
      ...(config.OPENAI_API_KEY !== undefined && { openAiKey: config.OPENAI_API_KEY }),
    });
    console.log(
      `tenant ${result.tenantId}: flow ${result.flowVersionId}, assistants ${result.assistants.map(({ versionId }) => versionId).join(', ')}`,
    );
    for (const notice of [...model.notices, ...result.notices]) console.log(`  note: ${notice}`);
    if (values.number !== undefined) await connect(config, values.number);
  } finally {
    await stores.database.close();
  }
}

/** The environment's key; without one the simulated model plays its demo call in the assistant's language. */
function modelKeyOf(config: Config, document: unknown): { key: string; notices: string[] } {
  if (config.GEMINI_API_KEY !== undefined) return { key: config.GEMINI_API_KEY, notices: [] };
  const isCzech = /"language":"cs\b/.test(JSON.stringify(document));
  const key = isCzech ? 'sim-demo-cs' : 'sim-demo-en';
  return { key, notices: [`without GEMINI_API_KEY the simulated model answers, by its script ${key}`] };
}

async function connect(config: Config, phoneNumber: string): Promise<void> {
  const account = demoCarrier(config);
  await ownNumber(config, { account, phoneNumber, buy: account.accountId === demoAccount.accountId });
  console.log(`  ${phoneNumber} leads here: ${config.PUBLIC_URL}`);
}
