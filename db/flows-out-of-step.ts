/** What another version of an assistant does to flows that were fine with the one before. */
import type { EntityManager } from '@mikro-orm/postgresql';
import { idsIn } from '../contracts/flow/bundle/referred-ids.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { AssistantReference } from '../contracts/flow/references.ts';
import { validate } from '../contracts/flow/validate.ts';
import type { Problem } from '../contracts/flow/validation/problem.ts';
import { readReferences } from './flow-references.ts';

/** A version that calls meet, with what has become wrong with it. */
export interface FlowOutOfStep {
  flowId: string;
  version: number;
  /** Never empty; each names its node. */
  problems: readonly Problem[];
}

/**
 * Inside a job of the tenant, after assistants were published: which versions that calls meet (live, pinned by a number, or
 * entered by one of those) have problems with what is live now that they had not with the assistants `before`. A flow that
 * an assistant is new to is not asked: it had none to be out of step with.
 */
export async function flowsOutOfStep(
  em: EntityManager,
  tenantId: string,
  { before, nowMs }: { before: Readonly<Record<string, AssistantReference>>; nowMs: number },
): Promise<FlowOutOfStep[]> {
  const met = await em.execute<{ flowId: string; version: number; document: FlowDocument }[]>(
    metSql,
    Array.from({ length: 4 }, () => tenantId),
  );
  const touched = met.filter(({ document }) => idsIn([document])('assistants').some((id) => Object.hasOwn(before, id)));
  const found: FlowOutOfStep[] = [];
  for (const { flowId, version, document } of touched) {
    const now = await readReferences(em, tenantId, { flowId, document, nowMs });
    const known = new Set(validate(document, { ...now, assistants: { ...now.assistants, ...before } }).map(keyOf));
    const problems = validate(document, now).filter((problem) => !known.has(keyOf(problem)));
    if (problems.length > 0) found.push({ flowId, version, problems });
  }
  return found;
}

/** The same problem, whatever its words count up. */
const keyOf = ({ code, at, outcome = '' }: Problem): string => JSON.stringify([code, at, outcome]);

/** The keys of compiled subflows are `flowId@version`. */
const metSql = `with straight as (
    select f.id as flow_id, f.live_version as version from flows f where f.tenant_id = ? and f.live_version is not null
    union
    select n.flow_id, n.pinned_version from phone_numbers n where n.tenant_id = ? and n.pinned_version is not null),
  met as (
    select flow_id || '@' || version as id from straight
    union
    select jsonb_object_keys(v.compiled->'subflows') from straight s
      join flow_versions v on v.flow_id = s.flow_id and v.version = s.version where v.tenant_id = ?)
  select v.flow_id as "flowId", v.version, v.document from flow_versions v
  join met on met.id = v.flow_id || '@' || v.version
  where v.tenant_id = ? order by v.flow_id, v.version`;
