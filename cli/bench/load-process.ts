import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../running/client-config.ts';

/** Times in milliseconds; see `simulator/load/samples.ts`. */
export interface LoadMeasurement {
  toModel: number[];
  toCaller: number[];
  turns: number[];
  told: boolean;
  gaps: number[];
  pace: number[];
  markers: number;
  unheard: number;
  unanswered: number;
  /** Of one core, by the generator itself. */
  cpuShare: number;
}

export interface LoadOutcome<T> {
  values: T[];
  failed: string[];
  /** What the generator took of one core meanwhile, by itself. */
  cpuShare: number;
}

export interface CarrierSettings {
  accountSid: string;
  authToken: string;
  publicUrl: string;
  hosts: Readonly<Record<string, string>>;
}

/** The load generator: callers, carrier and model in a process of its own. */
export interface LoadProcess {
  readonly pid: number;
  /** Where its model and its tool answer. */
  readonly port: number;
  carrier(settings: CarrierSettings): Promise<void>;
  /** Calls that stay; those are counted that heard a greeting. */
  ring(to: string, calls: number, perSecond: number): Promise<LoadOutcome<{ twimlMs: number; firstAudioMs: number }>>;
  /** Calls that only listen to what the flow plays. */
  prompt(to: string, calls: number, perSecond: number): Promise<LoadOutcome<{ twimlMs: number }>>;
  /** The same, but they stay in what they hear first until `goOn` has them ask for what comes next. */
  hold(to: string, calls: number, perSecond: number): Promise<LoadOutcome<{ twimlMs: number }>>;
  goOn(perSecond: number): Promise<LoadOutcome<{ twimlMs: number }>>;
  relay(port: number, calls: number): Promise<void>;
  measure(seconds: number): Promise<LoadMeasurement>;
  /** From the model's call of a tool to its result at the model. */
  tools(name: string, perSecond: number, seconds: number): Promise<LoadOutcome<number>>;
  /** From now on the carrier notices lost streams after so long; forgets what was recovered. */
  recovery(noticeMs: number): Promise<void>;
  recovered(): Promise<{ recovered: number[]; lost: string[] }>;
  /** The ids of the calls that stand: they have a stream, and were answered on it. */
  calls(): Promise<string[]>;
  hangUp(): Promise<void>;
  stop(): void;
}

export async function startLoadProcess(): Promise<LoadProcess> {
  const child = fork(join(root, 'simulator', 'load', 'main.ts'), { cwd: root });
  const waiting = new Map<number, (reply: string) => void>();
  let asked = 0;
  const [hello]: string[] = await once(child, 'message');
  child.on('message', (reply: string) => {
    const { id }: { id: number } = JSON.parse(reply);
    waiting.get(id)?.(reply);
    waiting.delete(id);
  });
  child.on('exit', () => {
    for (const reply of waiting.values()) reply('{"failure":"the load generator has died"}');
  });
  async function ask<T>(request: { ask: string } & Record<string, unknown>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<string>();
    asked += 1;
    waiting.set(asked, resolve);
    child.send({ id: asked, ...request });
    const { value, failure }: { value: T; failure?: string } = JSON.parse(await promise);
    if (failure !== undefined) throw new Error(failure);
    return value;
  }
  const { value: port }: { value: number } = JSON.parse(hello ?? '{}');
  return {
    pid: child.pid ?? 0,
    port,
    carrier: (settings) => ask({ ask: 'carrier', settings }),
    ring: (to, calls, perSecond) => ask({ ask: 'ring', to, calls, perSecond }),
    prompt: (to, calls, perSecond) => ask({ ask: 'prompt', to, calls, perSecond }),
    hold: (to, calls, perSecond) => ask({ ask: 'hold', to, calls, perSecond }),
    goOn: (perSecond) => ask({ ask: 'goOn', perSecond }),
    relay: (relayPort, calls) => ask({ ask: 'relay', port: relayPort, calls }),
    measure: (seconds) => ask({ ask: 'measure', seconds }),
    tools: (name, perSecond, seconds) => ask({ ask: 'tools', name, perSecond, seconds }),
    recovery: (noticeMs) => ask({ ask: 'recovery', noticeMs }),
    recovered: () => ask({ ask: 'recovered' }),
    calls: () => ask({ ask: 'calls' }),
    hangUp: () => ask({ ask: 'hangUp' }),
    stop: () => void child.kill(),
  };
}
