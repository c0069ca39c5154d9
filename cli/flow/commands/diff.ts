import { AppError } from '../../../contracts/errors.ts';
import { diffFlows } from '../../../contracts/flow/diff/diff-flows.ts';
import { diffWords } from '../../../contracts/flow/diff/diff-words.ts';
import type { FlowDocument } from '../../../contracts/flow/document.ts';
import { hasFlowShape } from '../../../contracts/flow/validation/shape.ts';
import type { Edition } from '../../../db/flow-versions.ts';
import { WrongUsage } from '../../running/command-line.ts';
import { type CommandInput, type FlowCommand, tenantOf } from '../flow-command.ts';
import { isPath, readFlowFile } from '../flow-files.ts';
import { withFlowStores } from '../open-flow-stores.ts';

export const diffCommand: FlowCommand = {
  usage: '[ID] FROM TO',
  summary: 'tells how two texts of a flow differ; each is a file, or of the flow a version, live or draft',
  options: {},
  run: async (input) => {
    const [before, after] = await textsOf(input);
    const diff = diffFlows(before, after);
    return {
      lines: diffWords(diff, input.language),
      json: { isSame: diff.changes.length + diff.moved.length === 0, ...diff },
    };
  },
};

/** `ID` alone is from what is live to the draft; `ID FILE` from what is live to the file; `FILE FILE` needs no database. */
async function textsOf({ positionals, options, env }: CommandInput): Promise<[FlowDocument, FlowDocument]> {
  const [first, second, third, ...more] = positionals;
  if (first === undefined || more.length > 0)
    throw new WrongUsage('name two files, or a flow and what of it to compare');
  if (second !== undefined && third === undefined && (await isPath(first)) && (await isPath(second)))
    return [await fromFile(first), await fromFile(second)];
  if (await isPath(first))
    throw new WrongUsage(`"${first}" is a file: compare it with another file, or name a flow before it`);
  const [from, to] = third === undefined ? ['live', second ?? 'draft'] : [second ?? 'live', third];
  const tenantId = tenantOf(options);
  return withFlowStores(env, async ({ versions }) => {
    const read = async (word: string): Promise<FlowDocument> => {
      const edition = editionOf(word);
      if (edition !== undefined) return (await versions.readEdition(tenantId, first, edition)).document;
      if (await isPath(word)) return fromFile(word);
      throw new WrongUsage(`"${word}" is no version, not live or draft, and no file`);
    };
    return [await read(from), await read(to)];
  });
}

/** Undefined where it is none. */
export function editionOf(word: string): Edition | undefined {
  if (word === 'live' || word === 'draft') return word;
  return /^[1-9]\d{0,8}$/.test(word) ? Number(word) : undefined;
}

async function fromFile(path: string): Promise<FlowDocument> {
  const { flow } = await readFlowFile(path);
  if (hasFlowShape(flow)) return flow;
  throw new AppError('flow-invalid', `${path} is no flow: npm run flow -- validate ${path} says why`);
}
