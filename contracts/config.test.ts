import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('readConfig', () => {
  it('fills in the defaults and freezes the result', () => {
    const config = readConfig({});
    expect(config.API_PORT).toBe(3000);
    expect(config.TRUST_PROXY).toBe(false);
    expect(config.DATABASE_URL).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reports every fault at once', () => {
    const env = {
      API_PORT: 'x',
      LOG_LEVEL: 'loud',
      PUBLIC_URL: 'http://a.example',
      TRUST_PROXY: 'yes',
      TWILIO_ACCOUNT_SID: 'AC1',
    };
    expect(() => readConfig(env)).toThrow(
      /LOG_LEVEL="loud".*API_PORT="x".*PUBLIC_URL must begin with https.*TRUST_PROXY="yes".*TWILIO_AUTH_TOKEN/s,
    );
  });

  it('takes an empty value for an absent one', () => {
    expect(readConfig({ API_PORT: '' }).API_PORT).toBe(3000);
  });

  it('keeps secrets in URLs out of its message', () => {
    expect(() =>
      readConfig({ DATABASE_URL: 'mysql://me:hush@db/x', DATABASE_MIGRATION_URL: 'postgres://db/x' }),
    ).toThrow(/^(?!.*hush)/s);
  });
});
