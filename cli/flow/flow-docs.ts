/** `docs/flow.md` and the schemas of flows and scenarios: what the code knows of them, for people who write them by hand. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringifyFlow } from '../../contracts/flow/canonical-json.ts';
import { nodeSpecs } from '../../contracts/flow/catalogue.ts';
import { FlowDocumentSchema } from '../../contracts/flow/document.ts';
import { ScenarioSchema } from '../../contracts/flow/scenario/scenario-schema.ts';
import { maxSteps, maxSubflows, maxVisits } from '../../contracts/flow/steps.ts';
import { variableTypes } from '../../contracts/flow/variables.ts';
import { exampleFlow } from './example-flow.ts';
import { nodeSection } from './node-section.ts';

/** By path below the repository's root. */
export function flowDocs(): Readonly<Record<string, string>> {
  return {
    'docs/flow.md': flowPage(),
    'docs/flow.schema.json': `${JSON.stringify(FlowDocumentSchema, null, 2)}\n`,
    'docs/scenario.schema.json': `${JSON.stringify(ScenarioSchema, null, 2)}\n`,
  };
}

export async function writeFlowDocs(root: string): Promise<string[]> {
  const docs = Object.entries(flowDocs());
  await mkdir(join(root, 'docs'), { recursive: true });
  for (const [path, text] of docs) await writeFile(join(root, path), text);
  return docs.map(([path]) => path);
}

/** Those that are not what the code would write now. */
export async function staleFlowDocs(root: string): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of Object.entries(flowDocs())) {
    const written = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (written !== text) stale.push(path);
  }
  return stale;
}

function flowPage(): string {
  const sections = [
    intro,
    `## A whole flow\n\n\`\`\`json\n${stringifyFlow(exampleFlow)}\`\`\``,
    engine,
    '## Nodes',
    ...nodeSpecs.map(nodeSection),
  ];
  return `${sections.join('\n\n')}\n`;
}

const intro = `# Flows

<!-- Written by \`npm run flow -- docs\` from the node catalogue; \`npm run check\` says when it is out of date. -->

A flow is a JSON document that says what happens to a call: nodes, and from each node's outcomes edges to others. Its schema is
[flow.schema.json](flow.schema.json). Ids of nodes are words that people can read; positions on the canvas stand apart in \`layout\`.

| field | |
| --- | --- |
| \`schemaVersion\`* | 1 |
| \`name\`*, \`description\` | for people |
| \`languages\`* | BCP 47 tags; a call in another language is spoken to in the first |
| \`voiceId\`* | the voice, or one for each language |
| \`timeZone\` | IANA zone for dates in texts; UTC unless said |
| \`variables\` | \`vars.*\`: by name a \`type\` (${variableTypes.join(', ')}), a \`default\`, and whether it is \`sensitive\` |
| \`contact\` | what the flow counts on in \`contact.*\`, in the same form |
| \`start\`* | the id of the \`start\` node |
| \`fault\` | the node that a call goes to where an outcome has no edge or a guard fires; without it the number's degraded plan |
| \`voicemailMessage\` | what a call that we place leaves on an answering machine |
| \`nodes\`* | by id: the \`type\`, its parameters, and \`edges\` from outcomes to ids |
| \`layout\` | by id: \`x\` and \`y\` |

Text is a string, or an object with a string for each language. Where the caller hears it, \`{ "promptId": "…" }\` plays a recorded prompt instead.
Variables, texts, rules and calendars have [a page of their own](flow-parts.md), and [scenarios](scenarios.md) test what a flow does.`;

const engine = `## What the engine does

- The value of one variable takes at most 8 kB, those of a call 16 kB together; what exceeds that is cut, and the ledger says so.
- Each step is written into the call's ledger: the node, what came in, the variables that were looked at and those that were set, the rule that won and why, those
  that lost and why, how long the node took. Sensitive values are masked.
- A call takes at most ${maxSteps} steps, enters the same node at most ${maxVisits} times while nothing happens and no time passes, and at most ${maxSubflows} subflows
  within each other. The first guard that fires leads to the \`fault\` node, the second to the number's degraded plan.
- An event that fits nothing, such as the answer of a tool whose node was left, changes nothing, and the ledger says so.`;
