import { AppError } from '../../../contracts/errors.ts';
import { judgeFlow, type FlowCheck } from '../../../db/flow-judgement.ts';
import { readBundle } from '../../../contracts/flow/bundle/bundle.ts';
import { hasFlowShape, shapeProblems } from '../../../contracts/flow/validation/shape.ts';
import { WrongUsage } from '../../running/command-line.ts';
import { type CommandInput, type FlowCommand, tenantOf } from '../flow-command.ts';
import { isPath, readFlowFile } from '../flow-files.ts';
import { checkJson, checkLines } from '../judgement-words.ts';
import { offlineContext } from '../offline-context.ts';
import { withFlowStores } from '../open-flow-stores.ts';

export const validateCommand: FlowCommand = {
  usage: 'FILE_OR_FOLDER|ID',
  summary: 'says what is wrong with a flow and runs its scenarios; a file needs no database',
  options: {
    flow: {
      type: 'string',
      value: 'ID',
      help: 'judges the file as this flow of the tenant: by what the tenant has, with the scenarios it keeps',
    },
  },
  run: async (input) => {
    const { positionals, language } = input;
    const [what, ...more] = positionals;
    if (what === undefined || more.length > 0) throw new WrongUsage('name one file, folder or flow');
    const { check, assumed } = await checkOf(what, input);
    const lines = checkLines(what, check, language);
    if (assumed.length > 0) lines.push(`not looked up: ${assumed.join(', ')}; with --flow ID they are`);
    return {
      lines,
      json: { ...checkJson(check), ...(assumed.length > 0 && { assumed }) },
      ok: check.compiled !== undefined,
    };
  },
};

async function checkOf(what: string, { options, env }: CommandInput): Promise<{ check: FlowCheck; assumed: string[] }> {
  const tenantId = tenantOf(options);
  if (!(await isPath(what))) {
    const check = await withFlowStores(env, async ({ versions, publisher }) => {
      const { document } = await versions.readEdition(tenantId, what, 'draft');
      return publisher.checkFlow(tenantId, what, document);
    }).catch((failure: unknown) => {
      if (!(failure instanceof AppError)) throw failure;
      throw new AppError(failure.code, `${what} is no file or folder here, and as a flow's id: ${failure.message}`);
    });
    return { check, assumed: [] };
  }
  const { flow, bundle } = await readFlowFile(what);
  const flowId = options.text('flow');
  if (flowId !== undefined) {
    const check = await withFlowStores(env, ({ publisher }) => publisher.checkFlow(tenantId, flowId, flow));
    return { check, assumed: [] };
  }
  if (!hasFlowShape(flow)) return { check: { problems: shapeProblems(flow), scenarios: [] }, assumed: [] };
  const { scenarios, references = {} } = readBundle(bundle);
  const { context, assumed } = offlineContext(flow, references, Date.now());
  return { check: judgeFlow(flow, context, scenarios), assumed };
}
