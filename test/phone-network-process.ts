import { startSimulatorProcess } from './simulator-process.ts';

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
  const names = Object.entries(hosts).map(([name, address]) => `${name}=${address}`);
  const { url, control, stop } = await startSimulatorProcess('phone-network', 'SIM_PHONE_PORT', {
    SIM_HOSTS: names.join(','),
    SIM_ACCOUNTS: JSON.stringify(accounts),
  });
  return {
    url,
    control,
    ring: async (call) => (await control<{ callSid: string }>('POST', '/calls', call)).callSid,
    ended: (callSid) => control<SimulatedCall>('GET', `/calls/${callSid}/wait`),
    stop,
  };
}
