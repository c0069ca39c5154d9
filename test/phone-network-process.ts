import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const mainPath = fileURLToPath(new URL('../simulator/phone-network/main.ts', import.meta.url));

export interface SimulatedAccount {
  sid: string;
  authToken: string;
  numbers: readonly { phoneNumber: string; voiceUrl?: string; voiceFallbackUrl?: string; statusCallback?: string }[];
}

/** What a test reads of a call's record; times are milliseconds on the call's clock. */
export interface SimulatedCall {
  callSid: string;
  from: string;
  to: string;
  status: string;
  ended: boolean;
  direction: string;
  alerts: readonly { code: number }[];
  violations: readonly object[];
  faults: readonly string[];
  timeline: readonly { kind: string }[];
  heardTranscript: readonly { text: string; heardWords: readonly string[] }[];
}

export interface PhoneNetworkProcess {
  url: string;
  /** Talks to the control API. */
  control<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Lets somebody call; gives the carrier's id of the call. */
  ring(call: { from: string; to: string; steps: readonly object[]; switches?: readonly string[] }): Promise<string>;
  /** Waits until a call has ended and all its callbacks were delivered. */
  ended(callSid: string): Promise<SimulatedCall>;
  stop(): Promise<void>;
}

/** Runs the simulated phone network as a process of its own; `hosts` are public names and the loopback addresses behind them. */
export async function startPhoneNetworkProcess({
  hosts,
  accounts,
}: {
  hosts: Record<string, string>;
  accounts: readonly SimulatedAccount[];
}): Promise<PhoneNetworkProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const names = Object.entries(hosts).map(([name, address]) => `${name}=${address}`);
  const env = {
    PATH: process.env['PATH'],
    SIM_PHONE_PORT: String(port),
    SIM_HOSTS: names.join(','),
    SIM_ACCOUNTS: JSON.stringify(accounts),
  };
  const child = spawn(process.execPath, [mainPath], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(child, 'exit');

  async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const payload =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${url}/_sim${path}`, { method, ...payload });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${JSON.stringify(answer)}`);
    return answer as T;
  }

  while (child.exitCode === null) {
    const up = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (up) break;
    await delay(50);
  }
  if (child.exitCode !== null) throw new Error(`the phone network ended with ${child.exitCode}`);
  return {
    url,
    control,
    ring: async (call) => (await control<{ callSid: string }>('POST', '/calls', call)).callSid,
    ended: (callSid) => control<SimulatedCall>('GET', `/calls/${callSid}/wait`),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
