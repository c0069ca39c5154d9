/** What calls are played against: a file, a flow's draft, or one of its versions, compiled with what the tenant has now, or as it was published. */
import { AppError } from '../../contracts/errors.ts';
import { compileFlow } from '../../contracts/flow/compile.ts';
import type { CompiledFlow } from '../../contracts/flow/compiled.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { validate } from '../../contracts/flow/validate.ts';
import { hasFlowShape, shapeProblems } from '../../contracts/flow/validation/shape.ts';
import type { CallLedgerStore } from '../../db/call-ledgers.ts';
import { readJson } from '../running/read-json.ts';
import type { SeedStores } from '../seed/seed-stores.ts';

export interface FlowAgainst {
  /** For people: `the draft of shop`. */
  name: string;
  /** Absent of a file. */
  flowId?: string;
  flow: CompiledFlow;
}

export interface FlowSources extends Pick<SeedStores, 'drafts' | 'flows'> {
  ledgers: Pick<CallLedgerStore, 'readVersion'>;
}

/** Throws `flow-unknown`, `flow-version-unknown`, or `flow-invalid` with all that is wrong with it. */
export async function flowAgainst(stores: FlowSources, tenantId: string, wanted: string): Promise<FlowAgainst> {
  if (wanted.endsWith('.json')) {
    const document = asFlow(wanted, await readJson(wanted));
    return { name: wanted, flow: await compiled(stores, tenantId, wanted, document) };
  }
  const [, flowId = wanted, version] = /^(.+)@(\d+)$/.exec(wanted) ?? [];
  if (version === undefined) {
    const draft = await stores.drafts.readDraft(tenantId, flowId);
    if (!draft)
      throw new AppError('flow-unknown', `the tenant ${tenantId} has no flow "${flowId}"; a file ends in .json`);
    return { name: `the draft of ${flowId}`, flowId, flow: await compiled(stores, tenantId, flowId, draft.document) };
  }
  const published = await stores.ledgers.readVersion(tenantId, flowId, Number(version));
  if (!published) throw new AppError('flow-version-unknown', `the tenant ${tenantId} has no flow version "${wanted}"`);
  const flow = published.flow ?? (await compiled(stores, tenantId, flowId, published.document));
  return { name: wanted, flowId, flow };
}

/** What calls cannot do yet does not matter here: nobody is called. */
async function compiled(
  { flows }: FlowSources,
  tenantId: string,
  name: string,
  document: FlowDocument,
): Promise<CompiledFlow> {
  const context = await flows.readContext(tenantId, name, document);
  const errors = validate(document, context).filter(
    ({ severity, code }) => severity === 'error' && code !== 'not-live-yet',
  );
  if (errors.length === 0) return compileFlow(document, context);
  const lines = errors.map(({ at, message }) => `  ${at || 'flow'}: ${message.en}`);
  throw new AppError('flow-invalid', `${name} has errors:\n${lines.join('\n')}`);
}

function asFlow(name: string, json: unknown): FlowDocument {
  if (hasFlowShape(json)) return json;
  const lines = shapeProblems(json).map(({ at, message }) => `  ${at || 'flow'}: ${message.en}`);
  throw new AppError('flow-invalid', `${name} is no flow:\n${lines.join('\n')}`);
}
