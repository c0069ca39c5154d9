import { hasFlowShape, shapeProblems } from '../../../contracts/flow/validation/shape.ts';
import { FlowRefused } from '../../../db/flow-judgement.ts';
import type { Published } from '../../../db/flow-publishing.ts';
import { AppError } from '../../../contracts/errors.ts';
import type { Json } from '../../../contracts/tools.ts';
import { coverageLines } from '../../scenario/scenario-report.ts';
import { problemLines } from '../judgement-words.ts';
import { authorOf, authorOption } from '../author.ts';
import { WrongUsage } from '../../running/command-line.ts';
import { type CommandInput, type CommandResult, type FlowCommand, tenantOf } from '../flow-command.ts';
import { readFlowFile } from '../flow-files.ts';
import { type FlowStores, withFlowStores } from '../open-flow-stores.ts';

export const publishCommand: FlowCommand = {
  usage: 'ID [FILE]',
  summary: "publishes a flow's draft, or a file in its place, and makes it live",
  options: {
    note: { type: 'string', value: 'TEXT', help: 'what is new, for people' },
    base: {
      type: 'string',
      value: 'N',
      help: "the draft's revision that is published or that the file takes the place of; the latest unless said",
    },
    ...authorOption,
  },
  run: async (input) => {
    const [flowId, file, ...more] = input.positionals;
    if (flowId === undefined || more.length > 0)
      throw new WrongUsage('name one flow by its id, and a file if it is not the draft');
    const base = input.options.count('base');
    const drawn = file === undefined ? undefined : (await readFlowFile(file)).flow;
    const published = await withFlowStores(input.env, (stores) => publish(stores, input, { flowId, drawn, base }));
    return publishedResult(published, input.language);
  },
};

/** With what there still is to say of it: warnings, and what no scenario reaches. */
export function publishedResult(published: Published, language: 'en' | 'cs'): CommandResult {
  const { flowId, version, isNew, problems, coverage } = published;
  const line = isNew
    ? `version ${version} of ${flowId} is live`
    : `nothing new: version ${version} of ${flowId} is live and says the same`;
  return {
    lines: [...problemLines(problems, language), ...(coverage ? coverageLines(flowId, coverage) : []), line],
    json: { flowId, version, isNew, problems, ...(coverage && { coverage }) },
  };
}

async function publish(
  { drafts, publisher }: FlowStores,
  { options }: CommandInput,
  { flowId, drawn, base }: { flowId: string; drawn: Json | undefined; base: number | undefined },
): Promise<Published> {
  const tenantId = tenantOf(options);
  const note = options.text('note');
  const publishing = { tenantId, flowId, publishedBy: authorOf(options), ...(note !== undefined && { note }) };
  const draft = await drafts.readDraft(tenantId, flowId);
  if (drawn === undefined) {
    if (!draft)
      throw new AppError('flow-unknown', `there is no flow ${flowId}: npm run flow -- list names those that are`);
    return publisher.publishDraft({ ...publishing, revision: base ?? draft.revision });
  }
  if (!hasFlowShape(drawn)) throw new FlowRefused(flowId, { problems: shapeProblems(drawn), scenarios: [] });
  return publisher.publishFlow({ ...publishing, document: drawn, baseRevision: base ?? (await safeBase()) });

  /** A draft that is live hides nobody's work; what was never published is not put aside unasked. */
  async function safeBase(): Promise<number> {
    const flow = (await drafts.readFlows(tenantId)).find((each) => each.flowId === flowId);
    return flow && !flow.isChanged ? flow.draftRevision : 0;
  }
}
