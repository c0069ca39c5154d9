import type { VersionSummary } from '../../../db/flow-versions.ts';
import { WrongUsage } from '../../running/command-line.ts';
import { type FlowCommand, tenantOf } from '../flow-command.ts';
import { withFlowStores } from '../open-flow-stores.ts';

export const versionsCommand: FlowCommand = {
  usage: 'ID',
  summary: 'lists the published versions of a flow and where each stands',
  options: {},
  run: async ({ positionals: [flowId, ...more], options, env }) => {
    if (flowId === undefined || more.length > 0) throw new WrongUsage('name one flow by its id');
    const tenantId = tenantOf(options);
    const versions = await withFlowStores(env, async (stores) => {
      await stores.versions.readEdition(tenantId, flowId, 'draft'); // says where there is no such flow
      return stores.versions.readVersions(tenantId, flowId);
    });
    const lines = versions.length > 0 ? versions.map(lineOf) : [`${flowId} was never published`];
    return { lines, json: { flowId, versions } };
  },
};

function lineOf({
  version,
  state,
  isLive,
  pinnedBy,
  calls,
  publishedAtMs,
  publishedBy,
  note,
  restores,
}: VersionSummary): string {
  const parts = [
    isLive ? 'live' : state,
    `${calls} ${calls === 1 ? 'call' : 'calls'}`,
    `${new Date(publishedAtMs).toISOString()}${publishedBy === undefined ? '' : ` by ${publishedBy}`}`,
    ...(pinnedBy.length > 0 ? [`pinned by ${pinnedBy.join(', ')}`] : []),
    ...(restores === undefined ? [] : [`rolled back to ${restores}`]),
    ...(note === undefined ? [] : [note]),
  ];
  return `${version}  ${parts.join('; ')}`;
}
