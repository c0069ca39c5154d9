import type { DegradedPlan } from '../../contracts/degraded-plan.ts';

const apologies: Readonly<Record<string, string>> = {
  cs: 'Omlouváme se, momentálně vás nemůžeme spojit. Zavolejte prosím později.',
  en: 'We are sorry, we cannot connect you right now. Please call again later.',
};

/** What a number does that was given no plan of its own: an apology in its language. */
export function defaultPlan(language: string, voiceId: string): DegradedPlan {
  const text = apologies[language.split('-')[0] ?? ''] ?? apologies['en'] ?? '';
  return { language, voiceId, steps: [{ type: 'say', text }] };
}
