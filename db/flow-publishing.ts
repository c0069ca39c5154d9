/** From a draft to a version: what calls meet is judged, compiled once and never changed. */
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '../contracts/errors.ts';
import { compileFlow } from '../contracts/flow/compile.ts';
import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import type { FlowDocument } from '../contracts/flow/document.ts';
import type { AssistantReference } from '../contracts/flow/references.ts';
import type { ValidationContext } from '../contracts/flow/validation/validation-context.ts';
import type { Database } from './database.ts';
import { type FlowCheck, FlowRefused, judgeFlow } from './flow-judgement.ts';
import { readReferences } from './flow-references.ts';
import { type FlowOutOfStep, flowsOutOfStep } from './flows-out-of-step.ts';
import { type FlowScenarios, readScenarios } from './flow-scenarios.ts';
import { type Publication, type PublishedVersion, readLiveVersions, writeVersion } from './flow-versions.ts';
import { DraftConflict, lockedDraft, readRevision, saveDraft } from './flows.ts';
import { toJsonb } from './sql-values.ts';

/** Who publishes what, and why. */
interface Publishing {
  tenantId: string;
  flowId: string;
  publishedBy?: string;
  /** What is new, for people. */
  note?: string;
}

/** A version that was written or was there already, and what there still is to say of it. */
export interface Published extends PublishedVersion {
  /** Warnings alone. */
  problems: FlowCheck['problems'];
  coverage?: FlowCheck['coverage'];
}

export type FlowPublisher = ReturnType<typeof createFlowPublisher>;

/**
 * Publishing makes the next version, live at once; calls in flight stay on theirs. It throws `FlowRefused` where the flow
 * has errors or one of its scenarios fails. What is live already, with all that it refers to unchanged, publishes nothing
 * new. One publisher of a flow at a time; the others wait.
 */
export function createFlowPublisher({ database, nowMs }: { database: Database; nowMs: () => number }) {
  return {
    /** What a flow is judged against, as the tenant has it now. */
    readContext: (tenantId: string, flowId: string, document: FlowDocument): Promise<ValidationContext> =>
      database.forTenant(tenantId).run((em) => readReferences(em, tenantId, { flowId, document, nowMs: nowMs() })),

    /** What publishing would say of a document; nothing is written. */
    checkFlow: (tenantId: string, flowId: string, document: unknown): Promise<FlowCheck> =>
      database.forTenant(tenantId).run(async (em) => {
        const scenarios = await readScenarios(em, tenantId, flowId);
        return judge(em, { tenantId, flowId, document, scenarios });
      }),

    /**
     * Flows whose live version carries something that has changed since: a calendar, a tool, a prompt, another flow. Until
     * they are published again, calls get what was there when they were.
     */
    outdatedFlows: (tenantId: string): Promise<readonly string[]> =>
      database.forTenant(tenantId).run(async (em) => {
        const live = await readLiveVersions(em, tenantId);
        const outdated: string[] = [];
        for (const { flowId, document, compiled } of live) {
          const references = await readReferences(em, tenantId, { flowId, document, nowMs: nowMs() });
          if (!carriesTheSame(document, references, compiled)) outdated.push(flowId);
        }
        return outdated;
      }),

    /**
     * After assistants were published: what became wrong by it with flows that calls meet. `before` has those that were live
     * until then.
     */
    flowsOutOfStep: (
      tenantId: string,
      before: Readonly<Record<string, AssistantReference>>,
    ): Promise<readonly FlowOutOfStep[]> =>
      database.forTenant(tenantId).run((em) => flowsOutOfStep(em, tenantId, { before, nowMs: nowMs() })),

    /** Makes the document the draft and publishes it. Throws `DraftConflict` where somebody has saved since its base. */
    publishFlow: (
      publishing: Publishing & { document: FlowDocument; baseRevision: number | 'any' },
    ): Promise<Published> => {
      const { tenantId, flowId, document, baseRevision, publishedBy: savedBy } = publishing;
      return database.forTenant(tenantId).run(async (em) => {
        const by = savedBy !== undefined && { savedBy };
        const draft = await saveDraft(em, { tenantId, flowId, document, baseRevision, ...by });
        return publish(em, { ...publishing, document: draft.document });
      });
    },

    /** Publishes the draft. Throws `DraftConflict` where it is no longer the revision that was looked at. */
    publishDraft: (publishing: Publishing & { revision: number }): Promise<Published> => {
      const { tenantId, flowId, revision } = publishing;
      return database.forTenant(tenantId).run(async (em) => {
        const draft = await lockedDraft(em, tenantId, flowId);
        if (draft.revision !== revision) {
          const seen = await readRevision(em, tenantId, flowId, revision);
          throw new DraftConflict(draft, { document: seen ?? draft.document }, seen);
        }
        return publish(em, { ...publishing, document: draft.document });
      });
    },

    /**
     * Publishes what an older version says, as a new one; the draft stays as it is. It must pass the scenarios that it
     * passed then: the newer ones are about what is taken back. Throws `flow-version-unknown`.
     */
    rollBack: (publishing: Publishing & { version: number }): Promise<Published> => {
      const { tenantId, flowId, version } = publishing;
      return database.forTenant(tenantId).run(async (em) => {
        await lockedDraft(em, tenantId, flowId);
        const [older] = await em.execute<{ document: FlowDocument; scenarios: FlowScenarios | null }[]>(
          'select document, scenarios from flow_versions where tenant_id = ? and flow_id = ? and version = ?',
          [tenantId, flowId, version],
        );
        if (!older) throw new AppError('flow-version-unknown', `the flow ${flowId} has no version ${version}`);
        const scenarios = older.scenarios ?? {};
        return publish(em, { ...publishing, document: older.document, scenarios, restores: version });
      });
    },
  };

  async function publish(
    em: EntityManager,
    publishing: Omit<Publication, 'compiled' | 'scenarios'> & { scenarios?: FlowScenarios },
  ): Promise<Published> {
    const { tenantId, flowId } = publishing;
    const scenarios = publishing.scenarios ?? (await readScenarios(em, tenantId, flowId));
    const { compiled, ...check } = await judge(em, { ...publishing, scenarios });
    if (!compiled) throw new FlowRefused(flowId, check);
    const version = await writeVersion(em, { ...publishing, scenarios, compiled });
    const { problems, coverage } = check;
    return { ...version, problems, ...(coverage && { coverage }) };
  }

  async function judge(
    em: EntityManager,
    flow: { tenantId: string; flowId: string; document: unknown; scenarios: FlowScenarios },
  ): Promise<FlowCheck> {
    const { tenantId, flowId, document, scenarios } = flow;
    const references = await readReferences(em, tenantId, { flowId, document, nowMs: nowMs() });
    return judgeFlow(document, references, scenarios);
  }
}

function carriesTheSame(document: FlowDocument, references: ValidationContext, compiled: CompiledFlow): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(toJsonb(compileFlow(document, references))), compiled);
  } catch (failure) {
    if (failure instanceof AppError && failure.code === 'flow-invalid') return false; // what it carries is gone
    throw failure;
  }
}
