import { join } from 'node:path';
import { writeFlowDocs } from '../flow-docs.ts';
import type { FlowCommand } from '../flow-command.ts';

export const docsCommand: FlowCommand = {
  usage: '',
  summary: 'writes docs/flow.md and docs/flow.schema.json from the node catalogue',
  options: {},
  run: async () => {
    const written = await writeFlowDocs(join(import.meta.dirname, '..', '..', '..'));
    return { lines: written.map((path) => `wrote ${path}`), json: { written } };
  },
};
