import { AppError } from '../contracts/errors.ts';
import type { Needs } from '../contracts/readiness.ts';

export interface GatewayNeedsDeps {
  postgres: () => Promise<void>;
  temporalAnswers: () => Promise<boolean>;
  /** Whether the gateway takes orders from workflows. */
  polls: () => boolean;
  spoolIsEmpty: () => boolean;
  isRegistered: () => boolean;
  modelsAnswer: () => boolean;
  isOpen: () => boolean;
}

/** What a gateway needs, and what becomes of its calls without it. */
export function gatewayNeeds(deps: GatewayNeedsDeps): Needs {
  const must = (isThere: boolean, why: string): void => {
    if (!isThere) throw new AppError('not-ready', why);
  };
  return {
    postgres: {
      check: deps.postgres,
      stillWorks: 'Calls go on; their turns wait in the spool. New streams are let in by the word of the workflow.',
    },
    temporal: {
      check: async () => {
        if (!(await deps.temporalAnswers())) throw new AppError('temporal-unavailable', 'Temporal does not answer');
        must(deps.polls(), 'the worker does not poll');
      },
      stillWorks: 'Calls go on, without tools; outcomes go by the database. New streams are let in by the database.',
    },
    spool: {
      check: async () => must(deps.spoolIsEmpty(), 'turns wait for the database'),
      stillWorks: 'All of it: turns are on the disk and go to the database when it takes them.',
    },
    registered: {
      check: async () => must(deps.isRegistered(), 'the gateway is not registered'),
      stillWorks: 'Calls go on; no new ones are given to this gateway.',
    },
    model: {
      check: async () => must(deps.modelsAnswer(), 'no model session could be opened lately'),
      stillWorks: "Assistants try their further models, then say so and leave by their flow's failed edge.",
    },
    admission: {
      check: async () => must(deps.isOpen(), 'the gateway drains'),
      stillWorks: 'Calls go on until they can be given to another gateway; no new ones are taken.',
    },
  };
}
