import pino from 'pino';
import { startCrm } from './crm.ts';

const DEFAULT_PORT = 4030;

const log = pino({ name: 'crm' });
const crm = await startCrm({ port: Number(process.env.SIM_CRM_PORT ?? DEFAULT_PORT) });
log.info({ url: crm.url }, 'CRM is up');

const stop = async (): Promise<void> => {
  await crm.close();
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());
