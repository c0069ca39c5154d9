/** One measured figure, as it is printed and as `--json` gives it. */
export interface Figure {
  name: string;
  /** Null where it could not be measured here, or where too much failed for there to be one; the note says why. */
  value: number | null;
  unit: string;
  goal: number | null;
  /** Null where there is no goal, or nothing was measured; false, not null, where too much failed. */
  reached: boolean | null;
  note?: string;
}

/** What a bench hands over: a figure's name and what was seen. */
export interface Measured {
  name: string;
  /** Infinite where so much failed that nothing was in time. */
  value: number | null;
  note?: string;
  /** How many of what was tried for it failed. */
  failed?: number;
}

interface Wanted {
  unit: string;
  goal?: number;
  /** Absent: lower is better. */
  higherIsBetter?: true;
}

/** All figures with their goals, in the order in which they are printed. Others that begin like one have its unit, and no goal. */
const wanted: Readonly<Record<string, Wanted>> = {
  'audio.rippleDb': { unit: 'dB', goal: 0.5 },
  'audio.aliasDb': { unit: 'dB', goal: -60 },
  'audio.lostSamplesPerHour': { unit: 'samples', goal: 0 },
  'flow.stepUs': { unit: 'us', goal: 20 },
  'flow.scenariosPerSecond': { unit: '1/s', goal: 1_000, higherIsBetter: true },
  'flow.validate500NodesMs': { unit: 'ms', goal: 10 },
  'flow.compile500NodesMs': { unit: 'ms', goal: 100 },
  'bargeIn.onsetToClearMsP95': { unit: 'ms', goal: 160 },
  'bargeIn.falseStopsPerHour': { unit: '1/h', goal: 2 },
  'bargeIn.falseStopsPerHourInBabble': { unit: '1/h' },
  'bargeIn.falseStopsPerHourInMusicAt5Db': { unit: '1/h' },
  'bargeIn.missedPercent': { unit: '%' },
  'bargeIn.cpuMsPerCallSecond': { unit: 'ms' },
  'turn.endOfTurnMs': { unit: 'ms' },
  'turn.endOfTurnInNoiseMs': { unit: 'ms' },
  'turn.cutPhrasesPercent': { unit: '%' },
  'answer.webhookToFirstAudioMsP95': { unit: 'ms', goal: 1000 },
  'turn.addedLatencyMsP99': { unit: 'ms', goal: 40 },
  'tool.addedMsP50': { unit: 'ms', goal: 40 },
  'tool.addedMsP99': { unit: 'ms', goal: 100 },
  'webhook.twimlMsP99': { unit: 'ms', goal: 100 },
  'history.eventsPer10Min': { unit: 'events', goal: 150 },
  'capacity.callsPerCoreAt5Ms': { unit: 'calls', goal: 300, higherIsBetter: true },
  'capacity.callsPerCoreAt20Ms': { unit: 'calls', goal: 400, higherIsBetter: true },
  'capacity.cpuRatioToRelay': { unit: 'x', goal: 1.5 },
  'capacity.twoProcessesCpuRatio': { unit: 'x', goal: 1.1 },
  'capacity.cpuMsPerCallSecondAt200': { unit: 'ms', goal: 3 },
  'capacity.cpuMsPerCallSecond': { unit: 'ms' },
  'capacity.kbPerCall': { unit: 'kB', goal: 500 },
  'capacity.kbPerCallAt': { unit: 'kB' },
  'capacity.addedDelay': { unit: 'ms' },
  'survival.gatewayKillMsP95': { unit: 'ms', goal: 3000 },
  'survival.gatewayKillNoticedLateMsP95': { unit: 'ms' },
  'survival.workerKillMsP95': { unit: 'ms', goal: 1000 },
};

/** Sets a measurement beside what is wanted of it. */
export function judge({ name, value, note }: Measured): Figure {
  const { unit, goal = null, higherIsBetter } = wantedOf(name);
  const rounded = value === null ? null : round(value);
  const reached = rounded === null || goal === null ? null : higherIsBetter ? rounded >= goal : rounded <= goal;
  const said = value === null ? (note ?? 'not measured') : note;
  return {
    name,
    value: Number.isFinite(rounded) ? rounded : null,
    unit,
    goal,
    reached,
    ...(said === undefined ? {} : { note: said }),
  };
}

/** Whether there may be a figure whose name begins so: to be asked before hours of work. */
export function isKnownPrefix(prefix: string): boolean {
  return Object.keys(wanted).some((name) => name.startsWith(prefix) || prefix.startsWith(name));
}

function wantedOf(name: string): Wanted {
  const exact = wanted[name];
  if (exact) return exact;
  const family = Object.keys(wanted).findLast((known) => name.startsWith(known));
  return { unit: (family === undefined ? undefined : wanted[family]?.unit) ?? '' };
}

/** Three digits are more than any of these repeats to. */
function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
