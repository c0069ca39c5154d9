import type { DegradedPlan } from '../contracts/degraded-plan.ts';

const czech = { language: 'cs-CZ', voiceId: 'cs-CZ-Standard-A' } as const;
const english = { language: 'en-US', voiceId: 'en-US-Standard-C' } as const;

/** For a number that nobody has a flow for; spoken in the language of the number's country. */
export function notInService(phoneNumber: string): DegradedPlan {
  const voice = voiceOf(phoneNumber);
  const text = voice === czech ? 'Toto číslo není v provozu.' : 'This number is not in service.';
  return { ...voice, steps: [{ type: 'say', text }] };
}

/** Where a call cannot go on and not even its number's own plan is known. */
export function cannotConnect(phoneNumber: string): DegradedPlan {
  const voice = voiceOf(phoneNumber);
  const text =
    voice === czech
      ? 'Omlouváme se, momentálně vás nemůžeme spojit. Zavolejte prosím později.'
      : 'We are sorry, we cannot connect you right now. Please call again later.';
  return { ...voice, steps: [{ type: 'say', text }] };
}

function voiceOf(phoneNumber: string): typeof czech | typeof english {
  return /^\+42[01]/.test(phoneNumber) ? czech : english;
}
