import { expect, it } from 'vitest';
import { readConfig } from '../../contracts/config.ts';
import { parseOnly, planProcesses, type ProcessName } from './process-plan.ts';
import { readSimulatorPorts } from './simulator-settings.ts';

function plan(env: Record<string, string> = {}, only?: ProcessName[]) {
  const { processes, ...services } = planProcesses({ config: readConfig(env), ports: readSimulatorPorts(env), only });
  return { ...services, names: processes.map(({ name }) => name) };
}

const twilio = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'x' };
const postgres = { DATABASE_URL: 'postgres://a@h/x', DATABASE_MIGRATION_URL: 'postgres://b@h/x' };

it('starts everything where nothing is given', () => {
  expect(plan()).toEqual({
    startsPostgres: true,
    startsTemporal: true,
    names: ['phone-network', 'realtime-model', 'openai-realtime', 'crm', 'api', 'media-gateway', 'worker'],
  });
});

it('starts no simulator of a vendor whose credentials or address are given', () => {
  expect(plan({ ...twilio, GEMINI_API_KEY: 'k', OPENAI_API_KEY: 'k' }).names).toEqual([
    'crm',
    'api',
    'media-gateway',
    'worker',
  ]);
  expect(plan({ TWILIO_BASE_URL: 'http://h:1', GEMINI_BASE_URL: 'http://h:2' }).names).not.toContain('phone-network');
});

it('starts no database and no Temporal that are given by address', () => {
  expect(plan({ ...postgres, TEMPORAL_ADDRESS: 'h:7233' })).toMatchObject({
    startsPostgres: false,
    startsTemporal: false,
  });
});

it('starts with a part only what that part needs', () => {
  expect(plan({ ...twilio, ...postgres }, ['api', 'worker'])).toEqual({
    startsPostgres: false,
    startsTemporal: true,
    names: ['api', 'worker'],
  });
  expect(plan({}, ['media-gateway']).names).toEqual(['realtime-model', 'openai-realtime', 'media-gateway']);
  expect(plan({}, ['crm'])).toEqual({ startsPostgres: false, startsTemporal: false, names: ['crm'] });
});

it('runs the gateway with a single-threaded collector', () => {
  const { processes } = planProcesses({ config: readConfig({}), ports: readSimulatorPorts({}) });
  expect(processes.find(({ name }) => name === 'media-gateway')?.nodeArgs).toContain('--single-threaded-gc');
});

it('names what is no process in --only', () => {
  expect(parseOnly('worker, api')).toEqual({ names: ['api', 'worker'], unknown: [] });
  expect(parseOnly('api,gatewy')).toEqual({ names: ['api'], unknown: ['gatewy'] });
});

it('reports all faulty ports of simulators at once', () => {
  expect(() => readSimulatorPorts({ SIM_PHONE_PORT: 'x', SIM_CRM_PORT: '70000' })).toThrow(
    /SIM_PHONE_PORT="x".*\n.*SIM_CRM_PORT/,
  );
});
