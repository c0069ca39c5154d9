import { AppError } from '../contracts/errors.ts';
import type { Needs } from '../contracts/readiness.ts';

export interface ApiNeedsDeps {
  postgres: () => Promise<void>;
  temporalAnswers: () => Promise<boolean>;
  keys: () => Promise<unknown>;
  gatewayIsUp: () => Promise<boolean>;
}

/** What the API needs, and what becomes of calls without it. */
export function apiNeeds({ postgres, temporalAnswers, keys, gatewayIsUp }: ApiNeedsDeps): Needs {
  return {
    postgres: {
      check: postgres,
      stillWorks:
        'Calls begin and go on by the routes, sealed tokens and plans in memory. No reports, no new API keys.',
    },
    temporal: {
      check: async () => {
        if (!(await temporalAnswers())) throw new AppError('temporal-unavailable', 'Temporal does not answer');
      },
      stillWorks: "Assistants talk on. New calls, and calls at their next step, get their number's degraded plan.",
    },
    keys: { check: async () => void (await keys()), stillWorks: 'Calls whose tokens were opened before.' },
    gateway: {
      check: async () => {
        if (!(await gatewayIsUp())) throw new AppError('not-ready', 'no gateway takes calls');
      },
      stillWorks: 'What the carrier does by itself: prompts, menus, dialling, voicemail. Assistants leave by failed.',
    },
  };
}
