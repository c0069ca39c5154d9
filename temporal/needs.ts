import { AppError } from '../contracts/errors.ts';
import type { Needs } from '../contracts/readiness.ts';

export interface WorkerNeedsDeps {
  poll: () => boolean;
  temporalAnswers: () => Promise<boolean>;
  postgres: () => Promise<void>;
}

/** What a worker needs, and what becomes of calls without it. */
export function workerNeeds({ poll, temporalAnswers, postgres }: WorkerNeedsDeps): Needs {
  return {
    workers: {
      check: async () => {
        if (!poll()) throw new AppError('not-ready', 'the workers do not poll');
      },
      stillWorks: 'Other workers, if there are any; without one, what works without Temporal.',
    },
    temporal: {
      check: async () => {
        if (!(await temporalAnswers())) throw new AppError('temporal-unavailable', 'Temporal does not answer');
      },
      stillWorks: 'Assistants talk on; new calls get the degraded plans of their numbers and are adopted later.',
    },
    postgres: {
      check: postgres,
      stillWorks:
        'Calls are led as ever; what is to be recorded of them is tried again until it is. No dialling, no secrets of tools.',
    },
  };
}
