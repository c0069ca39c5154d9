/** How clients speak to workflows. */
const temporalClients = [
  'temporal/client.ts',
  'temporal/call-client.ts',
  'temporal/tool-call-client.ts',
  'temporal/gateway-lease-client.ts',
  'temporal/tracing.ts',
];

/**
 * Which folder may import what. An entry of `mayImport` is a folder (its top-level files) or one file of it;
 * `types` may be imported as types alone. Folders that are not named here (`docs/`, `deploy/`) hold no code.
 */
export const folders = {
  contracts: { mayImport: [], openSubfolders: ['flow'], portable: true },
  workflows: { mayImport: ['contracts'], types: ['activities'], portable: true },
  activities: { mayImport: ['contracts', 'db', 'telephony', 'temporal/client.ts'] },
  telephony: { mayImport: ['contracts', 'db'] },
  'media-gateway': {
    mayImport: ['contracts', 'db', 'telephony', ...temporalClients, 'temporal/activity-worker.ts'],
  },
  api: { mayImport: ['contracts', 'db', 'telephony', ...temporalClients, 'temporal/codec-server.ts'] },
  studio: { mayImport: ['contracts'] },
  db: { mayImport: ['contracts'] },
  // Its `main.ts` wires the worker, whose activities dial.
  temporal: { mayImport: ['contracts', 'workflows', 'activities', 'db', 'telephony'] },
  simulator: { mayImport: [] },
  lint: { mayImport: [] },
  // Anything, subfolders included; nobody imports these two.
  cli: { mayImport: 'anything', mayReadEnvironment: true },
  test: { mayImport: 'anything', mayReadEnvironment: true },
};

/** What a test beside the code may import above what its folder may. */
export const testsMayImport = ['test'];
