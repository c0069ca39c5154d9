import type { Config } from '../../contracts/config.ts';
import type { EmbeddedPostgres } from '../../db/embedded-postgres.ts';
import type { DevServer } from '../../temporal/dev-server.ts';
import type { Addresses, Environment } from './child-env.ts';
import type { LastResort } from './last-resort.ts';
import type { ProcessName } from './process-plan.ts';
import type { SimulatorPorts } from './simulator-settings.ts';
import type { SupervisedChild } from './supervised-child.ts';
import type { Service, SupervisedService } from './supervised-service.ts';

export interface StackOptions {
  /** The repository. */
  root: string;
  /** Absolute. */
  dataDir: string;
  config: Config;
  ports: SimulatorPorts;
  env: Environment;
  only?: readonly ProcessName[] | undefined;
  /** Aborting it ends a start that is under way. */
  signal: AbortSignal;
  /** One line about a part: what the supervisor says, or what the part wrote. */
  say: (part: string, line: string) => void;
  /**
   * Takes care of live calls before anything stops, within `deadlineMs`. Called only where the database goes down with
   * us: calls in a database of others' can move to their processes.
   */
  evacuate?: (addresses: Addresses, deadlineMs: number) => Promise<void>;
}

/** What runs of a stack; filled as it starts. */
export interface StackParts {
  children: SupervisedChild[];
  simulators: SupervisedChild[];
  temporal?: SupervisedService<DevServer & Service>;
  postgres?: SupervisedService<EmbeddedPostgres>;
  guard: LastResort;
}
