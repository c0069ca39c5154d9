import { type FlowCommand, tenantOf } from '../flow-command.ts';
import { withFlowStores } from '../open-flow-stores.ts';

export const listCommand: FlowCommand = {
  usage: '',
  summary: 'lists the flows, what is live of each, its numbers and its calls',
  options: {},
  run: async ({ options, env }) => {
    const tenantId = tenantOf(options);
    const { flows, outdated } = await withFlowStores(env, async ({ drafts, publisher }) => ({
      flows: await drafts.readFlows(tenantId),
      outdated: new Set(await publisher.outdatedFlows(tenantId)),
    }));
    const lines = flows.map(({ flowId, name, liveVersion, isChanged, draftRevision, draftBy, numbers, calls }) => {
      const live = liveVersion === undefined ? 'nothing published' : `version ${liveVersion} is live`;
      const by = draftBy === undefined ? '' : ` by ${draftBy}`;
      const draft = isChanged ? `, draft revision ${draftRevision}${by} is not published` : '';
      const led = numbers.length > 0 ? `; ${numbers.join(', ')}` : '';
      const stale = outdated.has(flowId) ? '; what it carries has changed since: publish it again' : '';
      return `${flowId}  ${name}: ${live}${draft}; ${calls} calls${led}${stale}`;
    });
    return {
      lines: flows.length > 0 ? lines : [`tenant ${tenantId} has no flows`],
      json: { tenantId, flows: flows.map((flow) => ({ ...flow, isOutdated: outdated.has(flow.flowId) })) },
    };
  },
};
