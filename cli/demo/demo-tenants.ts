import { readFileSync } from 'node:fs';
import { DEMO_ACCOUNT } from '../../simulator/phone-network/read-config.ts';
import type { SeedRequest } from '../seed/seed-tenant.ts';

/** The account of the demo tenants on the simulated phone network. It exists nowhere else. */
export const demoAccount = { accountId: DEMO_ACCOUNT.sid, authToken: DEMO_ACCOUNT.authToken };

const demoLanguages = ['cs', 'en'] as const;
export type DemoLanguage = (typeof demoLanguages)[number];

export const demoNumbers: Readonly<Record<DemoLanguage, string>> = { cs: '+420555000100', en: '+15005550100' };

export interface DemoSettings {
  carrier: { accountId: string; authToken: string };
  /** The Czech demo's number; absent: the simulated one. */
  phoneNumber?: string;
  /** The real model's key; absent: each demo has a brain of its own on the simulated model. */
  modelKey?: string;
  crmPort: number;
}

/** The demo tenants: one assistant in Czech, one in English, each with a number of its own. */
export function demoTenants({ carrier, phoneNumber, modelKey, crmPort }: DemoSettings): SeedRequest[] {
  return demoLanguages.map((language) => ({
    documents: [demoDocument(language, crmPort)],
    number: {
      phoneNumber: (language === 'cs' ? phoneNumber : undefined) ?? demoNumbers[language],
      accountId: carrier.accountId,
    },
    carrier,
    modelKey: modelKey ?? `sim-demo-${language}`,
    allowedPrivateHosts: [`127.0.0.1:${crmPort}`],
  }));
}

/** The assistant document of a demo, its tools led to the CRM that runs here. */
export function demoDocument(language: DemoLanguage, crmPort: number): Record<string, unknown> {
  const text = readFileSync(new URL(`./assistant-${language}.json`, import.meta.url), 'utf8');
  return JSON.parse(text.replaceAll('127.0.0.1:4030', `127.0.0.1:${crmPort}`));
}
