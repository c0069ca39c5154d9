/** Carries flows out of a tenant and into another: whole, under other names, and without secrets. */
import type { FlowBundle } from '../contracts/flow/bundle/bundle.ts';
import { makeBundle } from '../contracts/flow/bundle/make-bundle.ts';
import { mapReferences, type ReferenceMap } from '../contracts/flow/bundle/map-references.ts';
import { type ImportPlan, type ImportSecrets, planImport } from '../contracts/flow/bundle/plan-import.ts';
import { createPromptStore } from './audio-prompts.ts';
import type { Database } from './database.ts';
import { createFlowPartStore } from './flow-parts.ts';
import { createFlowPublisher } from './flow-publishing.ts';
import { createFlowVersionStore, type Edition } from './flow-versions.ts';
import { createFlowStore, type FlowDraft } from './flows.ts';
import type { Sealer } from './sealing.ts';
import { createWebhookStore } from './webhooks.ts';

export interface FlowImport {
  tenantId: string;
  bundle: FlowBundle;
  /** Another id than the flow had. */
  flowId?: string;
  map?: ReferenceMap;
  secrets?: ImportSecrets;
  /** As of a draft that is saved; 0 where it makes a new flow. */
  baseRevision: number;
  savedBy?: string;
}

export interface ImportedFlow extends ImportPlan {
  draft: FlowDraft;
}

export function createFlowExchange(deps: { database: Database; sealer: Sealer; nowMs: () => number }) {
  const { database } = deps;
  const versions = createFlowVersionStore(database);
  const drafts = createFlowStore(database);
  const publisher = createFlowPublisher(deps);
  const prompts = createPromptStore(database);
  const webhookStore = createWebhookStore(deps);
  const parts = createFlowPartStore(deps);

  return {
    /** With its recordings. Throws `flow-unknown`, `flow-version-unknown`, or `flow-invalid` where it holds a secret itself. */
    exportFlow: async (tenantId: string, flowId: string, edition: Edition): Promise<FlowBundle> => {
      const { document: flow, scenarios } = await versions.readEdition(tenantId, flowId, edition);
      const context = await publisher.readContext(tenantId, flowId, flow);
      const known = await webhookStore.readWebhooks(tenantId);
      const webhooks = Object.fromEntries(known.map(({ webhookId, ...webhook }) => [webhookId, webhook]));
      const bundle = makeBundle({ flowId, flow, scenarios, context, webhooks });
      const files: Record<string, string> = {};
      for (const { audio } of Object.values(bundle.references?.prompts ?? {}))
        for (const { audioId } of Object.values(audio)) {
          const file = await prompts.readPromptFile(tenantId, audioId);
          if (file) files[audioId] = file.bytes.toString('base64');
        }
      return { ...bundle, ...(Object.keys(files).length > 0 && { audio: files }) };
    },

    /**
     * Saves the draft, with its scenarios in place of those that the flow had (a bundle without any leaves them), and makes
     * what it refers to, where the tenant lacks it and the bundle has enough of it. Nothing is published. Throws `DraftConflict` where the flow is there with
     * other text or scenarios than the base.
     */
    importFlow: async (request: FlowImport): Promise<ImportedFlow> => {
      const { tenantId, map = {}, secrets = {}, baseRevision, savedBy } = request;
      const bundle = mapReferences(request.bundle, map);
      const { flow: document, scenarios, audio = {} } = bundle;
      const flowId = request.flowId ?? bundle.flowId;
      const plan = planImport(bundle, await publisher.readContext(tenantId, flowId, document), secrets);
      const draft = await drafts.saveDraft({
        tenantId,
        flowId,
        document,
        ...(Object.keys(scenarios).length > 0 && { scenarios }),
        baseRevision,
        ...(savedBy !== undefined && { savedBy }),
      });
      const recordings = Object.entries(plan.create.prompts).map(([promptId, byLanguage]) => {
        const files = Object.entries(byLanguage).map(([tag, id]) => [tag, Buffer.from(audio[id] ?? '', 'base64')]);
        return [promptId, { files: Object.fromEntries(files) }];
      });
      await parts.storeParts(tenantId, { ...plan.create, prompts: Object.fromEntries(recordings) });
      return { draft, ...plan };
    },
  };
}
