import { type CommandLine, jsonOption, readCommandLine, refuseBeside, WrongUsage } from '../running/command-line.ts';

export interface ReplayOptions {
  /** One call, or those of a day. */
  calls: { callId: string } | { day: string; tenantId: string; flowId?: string; timeZone?: string };
  /** A file, a flow's id (its draft) or `id@version`. */
  flow: string;
  json: boolean;
}

export const replayLine = {
  usage: [
    'npm run replay -- --call ID --flow FLOW',
    'npm run replay -- --day 2026-11-26 --flow FLOW [--flow-id ID] [--tenant ID] [--zone Europe/Prague]',
  ],
  summary: 'plays what happened in stored calls against a flow, and says where the ways part and why',
  options: {
    flow: {
      type: 'string',
      value: 'FLOW',
      help: "what the calls are played against: a flow's file, the id of a flow (its draft), or id@version",
    },
    call: { type: 'string', value: 'ID', help: 'one call: both ways side by side' },
    day: { type: 'string', value: 'DAY', help: 'all calls of a day that are over: how many differ, and by what' },
    'flow-id': {
      type: 'string',
      value: 'ID',
      help: 'of these calls those of one flow; the one that is played against unless said, "all" for every flow',
    },
    tenant: { type: 'string', value: 'ID', help: 'whose calls; demo unless said' },
    zone: { type: 'string', value: 'ZONE', help: "whose day; the flow's own unless said" },
    json: jsonOption,
  },
} as const satisfies CommandLine;

/** Reads the command line. Throws `WrongUsage` where it makes no sense. */
export function readReplayOptions(args: readonly string[]): ReplayOptions {
  const { call, day, flow, json = false, tenant, zone, 'flow-id': flowId } = readCommandLine(replayLine, args).values;
  if (flow === undefined) throw new WrongUsage('--flow is missing: it says what the call is played against');
  if ((call === undefined) === (day === undefined))
    throw new WrongUsage('either --call or --day says which calls are meant');
  if (call !== undefined) {
    refuseBeside('--day', { 'flow-id': flowId, tenant, zone });
    return { calls: { callId: call }, flow, json };
  }
  if (day === undefined || !isDay(day)) throw new WrongUsage(`--day takes a date such as 2026-11-26, not "${day}"`);
  return {
    calls: {
      day,
      tenantId: tenant ?? 'demo',
      ...(flowId !== undefined && { flowId }),
      ...(zone !== undefined && { timeZone: zone }),
    },
    flow,
    json,
  };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
}
