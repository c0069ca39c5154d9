/** `npm run seed -- FILE… [--number +420…] [--flow FILE]`: takes assistant documents and routes a number to them. */
import { type Config, readConfig } from '../contracts/config.ts';
import { demoAccount } from './demo/demo-tenants.ts';
import { databaseUrlOf, runningConfig } from './running/client-config.ts';
import { type CommandLine, readCommandLine, readPhoneNumber, runCommand, WrongUsage } from './running/command-line.ts';
import { readJson } from './running/read-json.ts';
import { ownNumber } from './seed/own-number.ts';
import { demoCarrier } from './seed/seed-demo.ts';
import { openSeedStores } from './seed/seed-stores.ts';
import { seedTenant } from './seed/seed-tenant.ts';

const seedLine = {
  usage: ['npm run seed -- FILE… [--number +420123456789] [--flow FILE]'],
  summary: 'takes assistant documents and leads a number to them',
  arguments: { 'FILE…': 'assistant documents of one tenant' },
  options: {
    number: {
      type: 'string',
      value: 'NUMBER',
      help: 'leads this number to them; in international form, such as +420123456789',
    },
    flow: {
      type: 'string',
      value: 'FILE',
      help: 'the flow that calls walk; the first assistant and then the end unless said',
    },
  },
} as const satisfies CommandLine;

const args = process.argv.slice(2);
await runCommand(seedLine, args, main);

async function main(): Promise<void> {
  const { values, positionals } = readCommandLine(seedLine, args);
  if (positionals.length === 0) throw new WrongUsage('it is not said which assistant documents to take');
  const phoneNumber = values.number === undefined ? undefined : readPhoneNumber(values.number);
  const config = (await runningConfig(process.env)) ?? readConfig(process.env);
  const documents = await Promise.all(positionals.map(readJson));
  const flow = values.flow === undefined ? undefined : await readJson(values.flow);
  const stores = await openSeedStores({ databaseUrl: databaseUrlOf(config), keyFile: config.KEY_FILE });
  try {
    const carrier = demoCarrier(config);
    const number = phoneNumber === undefined ? {} : { number: { phoneNumber, accountId: carrier.accountId }, carrier };
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
    if (phoneNumber !== undefined) await connect(config, phoneNumber);
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
