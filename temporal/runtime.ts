import type { Logger as SdkLogger, LogLevel, LogMetadata } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';

let installed = false;

/**
 * Sets the SDK's one runtime of this process: its log lines go to `log`, and it leaves the signals alone, since `main.ts`
 * decides in which order things stop. Later calls change nothing.
 */
export function installRuntime(log: Logger): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: createSdkLogger(log),
    telemetryOptions: {
      logging: { forward: {}, filter: 'temporalio_sdk_core=WARN,temporalio_client=WARN,other=ERROR' },
    },
    shutdownSignals: [],
  });
}

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  LogLevel,
  string
>;

/** The SDK's log lines as pino's. Errors may quote what a caller said, so they stand under `pii.`; `log` redacts that. */
function createSdkLogger(log: Logger): SdkLogger {
  const write = (level: LogLevel, message: string, metadata: LogMetadata = {}): void => {
    const { error, ...fields } = metadata;
    // Workers start and stop at INFO, where a line of ours says so already; that some run activities only is meant so.
    const expected = level === 'INFO' || message.startsWith('No workflows registered');
    const as = expected ? 'debug' : levels[level];
    log[as](error === undefined ? fields : { ...fields, pii: { error } }, message);
  };
  return {
    log: write,
    trace: (message, metadata) => write('TRACE', message, metadata),
    debug: (message, metadata) => write('DEBUG', message, metadata),
    info: (message, metadata) => write('INFO', message, metadata),
    warn: (message, metadata) => write('WARN', message, metadata),
    error: (message, metadata) => write('ERROR', message, metadata),
  };
}
