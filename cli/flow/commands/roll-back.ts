import { authorOf, authorOption } from '../author.ts';
import { WrongUsage } from '../../running/command-line.ts';
import { type FlowCommand, tenantOf } from '../flow-command.ts';
import { withFlowStores } from '../open-flow-stores.ts';
import { publishedResult } from './publish.ts';

export const rollBackCommand: FlowCommand = {
  usage: 'ID VERSION',
  summary: 'publishes an older version again, as a new one; the draft stays as it is',
  options: { note: { type: 'string', value: 'TEXT', help: 'why, for people' }, ...authorOption },
  run: async ({ positionals: [flowId, word, ...more], options, env, language }) => {
    if (flowId === undefined || word === undefined || more.length > 0)
      throw new WrongUsage('name a flow and a version of it');
    if (!/^[1-9]\d{0,8}$/.test(word)) throw new WrongUsage(`"${word}" is no version's number`);
    const note = options.text('note');
    const published = await withFlowStores(env, ({ publisher }) =>
      publisher.rollBack({
        tenantId: tenantOf(options),
        flowId,
        version: Number(word),
        publishedBy: authorOf(options),
        ...(note !== undefined && { note }),
      }),
    );
    return publishedResult(published, language);
  },
};
