/**
 * How soon the assistant falls silent when the caller begins to speak, how often it does so for nothing or not at all, and
 * what that costs: the product's ear in audio time, on the half of the noise set that it was not tuned on.
 */
import type { Measured } from './figure.ts';
import { percentileOf } from './percentiles.ts';
import { type Detector, detectors, hearConditions, type HeardCondition, MISSED_MS } from './voice-conditions.ts';

const USUAL: Detector = 'auto';

/** `bargeIn.*`: those without another ending are of the detection that an assistant has unless its document says otherwise. */
export async function measureBargeIn(): Promise<Measured[]> {
  const heard = await hearConditions();
  return detectors.flatMap((detection) => {
    const own = heard.filter((one) => one.detection === detection);
    const ending = detection === USUAL ? '' : `.${detection}`;
    return figuresOf(own).map((figure) => ({ ...figure, name: `bargeIn.${figure.name}${ending}` }));
  });
}

function figuresOf(heard: readonly HeardCondition[]): Measured[] {
  const goal = heard.filter(hasGoal);
  const faint = heard.filter(
    ({ kind, snrDb }) => kind === 'quiet' || kind === 'echo' || (hasSpeech({ kind }) && snrDb === 20),
  );
  const overNoise = heard.filter(hasSpeech);
  const noisy = heard.filter(({ kind }) => kind !== 'quiet');
  return [
    { name: 'onsetToClearMsP95', value: percentileOf(delaysOf(faint), 95) },
    { name: 'falseStopsPerHour', value: stopsPerHour(goal) },
    {
      name: 'falseStopsPerHourInBabble',
      value: stopsPerHour(heard.filter(({ kind }) => kind === 'babble')),
      note: 'at 20, 10 and 5 dB',
    },
    { name: 'falseStopsPerHourInMusicAt5Db', value: stopsPerHour(heard.filter(isLoudMusic)) },
    {
      name: 'missedPercent',
      value: shareMissed(overNoise),
      note: `over street, office and music at 20 to 5 dB; not heard within ${MISSED_MS / 1000} s`,
    },
    {
      name: 'cpuMsPerCallSecond',
      value: mean(heard.filter(({ kind }) => kind === 'quiet').map((one) => one.talkCpuMs)),
    },
    { name: 'cpuMsPerCallSecondInNoise', value: mean(noisy.map((one) => one.noiseCpuMs)) },
  ];
}

function hasGoal({ kind, snrDb }: HeardCondition): boolean {
  return kind !== 'quiet' && kind !== 'babble' && !isLoudMusic({ kind, snrDb });
}

function isLoudMusic({ kind, snrDb }: Pick<HeardCondition, 'kind' | 'snrDb'>): boolean {
  return kind === 'music' && snrDb === 5;
}

function hasSpeech({ kind }: Pick<HeardCondition, 'kind'>): boolean {
  return kind === 'street' || kind === 'office' || kind === 'music';
}

function stopsPerHour(heard: readonly HeardCondition[]): number {
  const stops = heard.reduce((sum, { falseStops }) => sum + falseStops, 0);
  return (stops * 3600) / heard.reduce((sum, { noiseSeconds }) => sum + noiseSeconds, 0);
}

function shareMissed(heard: readonly HeardCondition[]): number {
  const all = delaysOf(heard);
  return (100 * all.filter((delayMs) => delayMs === MISSED_MS).length) / all.length;
}

const delaysOf = (heard: readonly HeardCondition[]): number[] => heard.flatMap(({ delaysMs }) => delaysMs);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
