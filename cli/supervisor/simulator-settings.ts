import { AppError } from '../../contracts/errors.ts';

/** Variables of the simulators alone: they are no part of the product's configuration. */
export const simulatorVariables = {
  SIM_PHONE_PORT: { default: '4010', meaning: 'Port of the simulated phone network.' },
  SIM_MODEL_PORT: { default: '4020', meaning: 'Port of the simulated realtime model.' },
  SIM_OPENAI_PORT: { default: '4040', meaning: 'Port of the simulated OpenAI realtime model.' },
  SIM_CRM_PORT: { default: '4030', meaning: "Port of the small CRM that the demo's tools call." },
} as const;

export type SimulatorVariable = keyof typeof simulatorVariables;
export type SimulatorPorts = Readonly<Record<SimulatorVariable, number>>;

/** Reads the simulators' ports; one error names all faults. */
export function readSimulatorPorts(env: Readonly<Record<string, string | undefined>>): SimulatorPorts {
  const faults: string[] = [];
  const port = (name: SimulatorVariable): number => {
    const text = env[name] || simulatorVariables[name].default;
    if (!/^\d+$/.test(text) || Number(text) > 65_535) faults.push(`${name}="${text}" is no port (0 to 65535)`);
    return Number(text);
  };
  const ports = {
    SIM_PHONE_PORT: port('SIM_PHONE_PORT'),
    SIM_MODEL_PORT: port('SIM_MODEL_PORT'),
    SIM_OPENAI_PORT: port('SIM_OPENAI_PORT'),
    SIM_CRM_PORT: port('SIM_CRM_PORT'),
  };
  if (faults.length > 0) throw new AppError('config-invalid', faults.join('\n'));
  return ports;
}
