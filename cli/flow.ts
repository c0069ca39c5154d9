/** `npm run flow -- docs`: writes `docs/flow.md`, `docs/flow.schema.json` and `docs/scenario.schema.json` from the code. */
import { join } from 'node:path';
import { writeFlowDocs } from './flow/flow-docs.ts';

const usage = `usage: npm run flow -- docs
  docs    writes docs/flow.md, docs/flow.schema.json and docs/scenario.schema.json from the code`;

const [command, ...rest] = process.argv.slice(2);
if (command === 'docs' && rest.length === 0) {
  for (const path of await writeFlowDocs(join(import.meta.dirname, '..'))) console.log(`wrote ${path}`);
} else {
  console.error(usage);
  process.exitCode = 1;
}
