import { expect, it } from 'vitest';
import { readConfig } from '../../contracts/config.ts';
import { demoAccount, demoNumbers } from '../demo/demo-tenants.ts';
import { childEnv } from './child-env.ts';
import { readSimulatorPorts } from './simulator-settings.ts';

const env = { PATH: '/bin', npm_config_x: 'y', GEMINI_API_KEY: 'secret', API_PORT: '3100', DATABASE_PORT: '5555' };

function envOf(isSimulator: boolean) {
  const addresses = { DATABASE_URL: 'postgres://app@127.0.0.1/x' };
  return childEnv({
    process: { isSimulator },
    env,
    config: readConfig(env),
    ports: readSimulatorPorts(env),
    addresses,
  });
}

it('gives a process of the product its variables and the addresses of what was started', () => {
  expect(envOf(false)).toEqual({
    PATH: '/bin',
    GEMINI_API_KEY: 'secret',
    API_PORT: '3100',
    DATABASE_PORT: '5555',
    DATABASE_URL: 'postgres://app@127.0.0.1/x',
  });
});

it('tells a simulator its ports and where public names lead, and nothing of the product', () => {
  const { SIM_ACCOUNTS: _accounts, ...others } = envOf(true);
  expect(others).toEqual({
    PATH: '/bin',
    SIM_PHONE_PORT: '4010',
    SIM_MODEL_PORT: '4020',
    SIM_OPENAI_PORT: '4040',
    SIM_CRM_PORT: '4030',
    SIM_HOSTS: 'api.switchboard.test=127.0.0.1:3100,media.switchboard.test=127.0.0.1:3001',
    LOG_LEVEL: undefined,
  });
});

it("leads the demo's numbers on the simulated network here", () => {
  const [account] = JSON.parse(envOf(true)['SIM_ACCOUNTS'] ?? '');
  expect(account.sid).toBe(demoAccount.accountId);
  expect(account.numbers[0].phoneNumber).toBe(demoNumbers.cs);
  expect(account.numbers[0].voiceUrl).toMatch(/^https:\/\/api\.switchboard\.test\/telephony\/voice#/);
});
