import { writeFile } from 'node:fs/promises';
import { type FlowBundle, stringifyBundle } from '../../../contracts/flow/bundle/bundle.ts';
import { WrongUsage } from '../../running/command-line.ts';
import { type FlowCommand, tenantOf } from '../flow-command.ts';
import { writeFolder } from '../flow-files.ts';
import { withFlowStores } from '../open-flow-stores.ts';
import { editionOf } from './diff.ts';

export const exportCommand: FlowCommand = {
  usage: 'ID',
  summary: 'writes a flow with its scenarios, recordings and what it refers to, without secrets',
  options: {
    version: { type: 'string', value: 'N|live|draft', help: 'which text; the draft unless said' },
    out: { type: 'string', value: 'FILE', help: 'one JSON file; standard output unless said' },
    folder: { type: 'string', value: 'DIR', help: 'a folder instead, as npm run scenario takes it' },
  },
  run: async ({ positionals: [flowId, ...more], options, env }) => {
    if (flowId === undefined || more.length > 0) throw new WrongUsage('name one flow by its id');
    const word = options.text('version') ?? 'draft';
    const edition = editionOf(word);
    if (edition === undefined) throw new WrongUsage(`--version is a number, live or draft, not "${word}"`);
    const [file, folder] = [options.text('out'), options.text('folder')];
    if (file !== undefined && folder !== undefined) throw new WrongUsage('either --out or --folder');
    const bundle = await withFlowStores(env, ({ exchange }) => exchange.exportFlow(tenantOf(options), flowId, edition));
    const left = bundle.leftOut.map((place) => `left out: ${place}`);
    const result = { flowId, version: edition, leftOut: bundle.leftOut };
    if (folder !== undefined) {
      const written = await writeFolder(folder, bundle);
      return { lines: [...written.map((path) => `wrote ${path}`), ...left], json: { ...result, written } };
    }
    if (file === undefined)
      return { lines: left, json: { ...result, bundle: plain(bundle) }, raw: stringifyBundle(bundle) };
    await writeFile(file, stringifyBundle(bundle));
    return { lines: [`wrote ${file}`, ...left], json: { ...result, written: [file] } };
  },
};

/** As the file has it. */
const plain = (bundle: FlowBundle): unknown => JSON.parse(stringifyBundle(bundle));
