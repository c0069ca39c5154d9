import { valueAt } from './json.ts';
import type { ModelRow } from './model-rows.ts';
import { invalid, type Refusal } from './refusal.ts';

/** Fields of a setup that take a name of a list, by their path. */
const names: readonly (readonly [path: string, values: readonly string[]])[] = [
  ['realtimeInputConfig.activityHandling', ['START_OF_ACTIVITY_INTERRUPTS', 'NO_INTERRUPTION']],
  [
    'realtimeInputConfig.turnCoverage',
    ['TURN_INCLUDES_ONLY_ACTIVITY', 'TURN_INCLUDES_ALL_INPUT', 'TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO'],
  ],
  [
    'realtimeInputConfig.automaticActivityDetection.startOfSpeechSensitivity',
    ['START_SENSITIVITY_HIGH', 'START_SENSITIVITY_LOW'],
  ],
  [
    'realtimeInputConfig.automaticActivityDetection.endOfSpeechSensitivity',
    ['END_SENSITIVITY_HIGH', 'END_SENSITIVITY_LOW'],
  ],
];

/** Fields of a setup that take a number, by their path, and its bounds. */
const numbers: readonly (readonly [path: string, least: number, most: number])[] = [
  ['generationConfig.temperature', 0, 2],
  ['generationConfig.topP', 0, 1],
  ['generationConfig.topK', 1, 1000],
  ['generationConfig.maxOutputTokens', 1, 65_536],
  ['generationConfig.thinkingConfig.thinkingBudget', -1, 32_768],
  ['realtimeInputConfig.automaticActivityDetection.prefixPaddingMs', 0, 60_000],
  ['realtimeInputConfig.automaticActivityDetection.silenceDurationMs', 0, 60_000],
  ['contextWindowCompression.triggerTokens', 5000, 128_000],
  ['contextWindowCompression.slidingWindow.targetTokens', 0, 128_000],
];

/** The first field that holds a name or a number which the vendor does not take, or one more than this model does. */
export function checkValues(setup: unknown, model: ModelRow): Refusal | undefined {
  for (const [path, values] of names) {
    const value = valueAt(setup, ...path.split('.'));
    if (value !== undefined && !values.some((known) => known === value))
      return invalid(`${path} ${JSON.stringify(value)}`);
  }
  for (const [path, least, most] of numbers) {
    const value = valueAt(setup, ...path.split('.'));
    // Large integers are written as text.
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (number === undefined) continue;
    if (typeof number !== 'number' || number < least || number > most)
      return invalid(`${path} ${JSON.stringify(value)}`);
  }
  return checkThinking(valueAt(setup, 'generationConfig', 'thinkingConfig'), model);
}

function checkThinking(thinking: unknown, { id, thinking: kind, thinkingLevels }: ModelRow): Refusal | undefined {
  if (thinking === undefined) return undefined;
  if (kind === 'none') return invalid(`${id} takes no thinkingConfig`);
  const level = valueAt(thinking, 'thinkingLevel');
  const budget = valueAt(thinking, 'thinkingBudget');
  if (kind === 'budget' && level !== undefined) return invalid(`${id} takes no thinkingLevel`);
  if (kind === 'level' && budget !== undefined) return invalid(`${id} takes no thinkingBudget`);
  if (level !== undefined && !thinkingLevels.some((known) => known === level)) {
    return invalid(`thinkingLevel ${JSON.stringify(level)} for ${id}`);
  }
  return undefined;
}
