import type { Config, VariableName } from '../../contracts/config.ts';
import type { SimulatorPorts, SimulatorVariable } from './simulator-settings.ts';
import { gatewayNodeArgs } from '../running/gateway-node-args.ts';

export const processNames = [
  'phone-network',
  'realtime-model',
  'openai-realtime',
  'crm',
  'api',
  'media-gateway',
  'worker',
] as const;
export type ProcessName = (typeof processNames)[number];

export interface PlannedProcess {
  name: ProcessName;
  /** Path of its `main.ts` in the repository. */
  main: string;
  nodeArgs: readonly string[];
  isSimulator: boolean;
  /** Where its health checks answer. */
  port: number;
  portVariable: VariableName | SimulatorVariable;
}

export interface Plan {
  /** False where it is given by address, or where no planned process uses it. */
  startsPostgres: boolean;
  startsTemporal: boolean;
  processes: readonly PlannedProcess[];
}

export interface PlanInput {
  config: Config;
  ports: SimulatorPorts;
  /** Absent: all. */
  only?: readonly ProcessName[] | undefined;
}

/**
 * What is started. A simulator stands in for a vendor whose credentials and address are both absent; with `only` it is
 * started for the parts that talk to that vendor. The CRM belongs to the demo and is started with everything, or by name.
 */
export function planProcesses({ config, ports, only }: PlanInput): Plan {
  const asked = (name: ProcessName): boolean => !only || only.includes(name);
  const simulatesPhones = !config.TWILIO_ACCOUNT_SID && !config.TWILIO_BASE_URL;
  const simulatesModel = !config.GEMINI_API_KEY && !config.GEMINI_BASE_URL;
  const simulatesOpenAi = !config.OPENAI_API_KEY && !config.OPENAI_BASE_URL;
  const isWanted: Record<ProcessName, boolean> = {
    'phone-network': only?.includes('phone-network') || (simulatesPhones && (asked('api') || asked('worker'))),
    'realtime-model': only?.includes('realtime-model') || (simulatesModel && asked('media-gateway')),
    'openai-realtime': only?.includes('openai-realtime') || (simulatesOpenAi && asked('media-gateway')),
    crm: asked('crm'),
    api: asked('api'),
    'media-gateway': asked('media-gateway'),
    worker: asked('worker'),
  };
  const processes = allProcesses(config, ports).filter(({ name }) => isWanted[name]);
  const hasProduct = processes.some(({ isSimulator }) => !isSimulator);
  return {
    startsPostgres: hasProduct && !config.DATABASE_URL,
    startsTemporal: hasProduct && !config.TEMPORAL_ADDRESS,
    processes,
  };
}

/** Splits the value of `--only`; returns what is no process as `unknown`. */
export function parseOnly(value: string): { names: ProcessName[]; unknown: string[] } {
  const given = value.split(',').map((name) => name.trim());
  const names = processNames.filter((name) => given.includes(name));
  return { names, unknown: given.filter((name) => !processNames.some((known) => known === name)) };
}

function allProcesses(config: Config, ports: SimulatorPorts): PlannedProcess[] {
  const simulator = (name: ProcessName, portVariable: SimulatorVariable): PlannedProcess => ({
    name,
    main: `simulator/${name}/main.ts`,
    nodeArgs: [],
    isSimulator: true,
    port: ports[portVariable],
    portVariable,
  });
  return [
    simulator('phone-network', 'SIM_PHONE_PORT'),
    simulator('realtime-model', 'SIM_MODEL_PORT'),
    simulator('openai-realtime', 'SIM_OPENAI_PORT'),
    simulator('crm', 'SIM_CRM_PORT'),
    {
      name: 'api',
      main: 'api/main.ts',
      nodeArgs: [],
      isSimulator: false,
      port: config.API_PORT,
      portVariable: 'API_PORT',
    },
    {
      name: 'media-gateway',
      main: 'media-gateway/main.ts',
      // Doubles what a core carries: the collector's helper threads would take the time of the audio.
      nodeArgs: gatewayNodeArgs,
      isSimulator: false,
      port: config.GATEWAY_PORT,
      portVariable: 'GATEWAY_PORT',
    },
    {
      name: 'worker',
      main: 'temporal/main.ts',
      nodeArgs: [],
      isSimulator: false,
      port: config.WORKER_PORT,
      portVariable: 'WORKER_PORT',
    },
  ];
}
