/** What a caller hears while the flow waits for somebody else: never nothing for more than four seconds. Pure. */
import type { FlowState } from '../../contracts/flow/state.ts';
import type { Instruction } from '../../contracts/instructions.ts';
import { localize } from '../../contracts/languages.ts';
import type { CallInput } from '../../contracts/messages.ts';
import type { OpenQuestion } from './call-state.ts';

const shortHolds = 1;
const shortHoldMs = 1_000;
const untilAnsweredMs = 700;
/** What is to be said takes longer than most answers. */
const whileSomethingIsToSayMs = 250;
const silenceMs = 3_000;
/** About as long as a phrase takes to say. */
const phraseMs = 1_500;
const maxPhrases = 12;

/** Said in turn. A language that is not here is held in silence. */
const phrases: Readonly<Record<string, readonly string[]>> = {
  cs: ['Okamžik, prosím.', 'Hned to bude, ještě chvilku.'],
  en: ['One moment, please.', 'Just a little longer, please.'],
  sk: ['Okamih, prosím.', 'Ešte chvíľku, prosím.'],
  de: ['Einen Moment, bitte.', 'Es dauert noch einen Augenblick.'],
  pl: ['Proszę chwilę zaczekać.', 'Jeszcze chwilkę, proszę.'],
};

/** The hold number `holds`, from 0. `durationMs`: given where it is long. */
export function holdInstructions(
  { flow: { compiled } }: CallInput,
  { language, subflow = '' }: Pick<FlowState, 'language' | 'subflow'>,
  holds: number,
): { instructions: readonly Instruction[]; durationMs?: number } {
  if (holds < shortHolds) return { instructions: [{ type: 'pause', lengthMs: shortHoldMs }] };
  const words = phrases[language.split('-')[0] ?? ''] ?? [];
  const voiceId = localize((compiled.subflows[subflow] ?? compiled).voiceId, language);
  const count = Math.min(2 ** (holds - shortHolds + 1), maxPhrases);
  const instructions = Array.from({ length: count }, (_, i): Instruction[] => {
    const text = words[i % Math.max(words.length, 1)];
    const said: Instruction[] = text === undefined ? [] : [{ type: 'say', speech: { text, voiceId, language } }];
    return [...said, { type: 'pause', lengthMs: silenceMs }];
  }).flat();
  return { instructions, durationMs: count * (silenceMs + (words.length > 0 ? phraseMs : 0)) };
}

/** How long the carrier's own question may wait for the answer; it and the caller's patience are short. */
export function patienceMs({ said, holds }: Pick<OpenQuestion, 'said' | 'holds'>): number {
  if (holds > shortHolds) return 0;
  return hasWords(said) ? whileSomethingIsToSayMs : untilAnsweredMs;
}

export function hasWords(said: readonly Instruction[]): boolean {
  return said.some(({ type }) => type === 'say' || type === 'play');
}
