import { describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import type { CallInput } from '../../contracts/messages.ts';
import { madeUpCall, relayFlow } from '../../test/made-up-call.ts';
import { madeUpTool } from '../../test/made-up-tool.ts';
import { admitted, initialCoreState, proceeded } from './call-core.ts';
import { assistantHasLeft, attached, mediaHasStopped } from './call-media.ts';
import type { CoreState } from './call-state.ts';

const gateway = { gatewayId: 'g1', mediaUrl: 'wss://media.switchboard.test/media' };
/** Both assistants, with nodes between them that neither wait nor speak. */
const flow: FlowDocument = {
  ...relayFlow,
  variables: { pin: { type: 'text', default: '4711', sensitive: true }, city: { type: 'text', default: 'Brno' } },
  nodes: {
    start: { type: 'start', edges: { next: 'helper' } },
    helper: {
      type: 'assistant',
      assistantId: 'helper',
      inputs: { from: '{{ vars.city }}' },
      tools: ['crm'],
      maxDurationS: 60,
      outcomes: [
        { name: 'appointment', description: 'wants an appointment' },
        { name: 'order', description: 'as this node sees it' },
      ],
      result: 'talk',
      edges: { appointment: 'note', order: 'note', ended: 'bye' },
    },
    note: { type: 'set', assignments: [{ variable: 'city', value: '{{ vars.talk.city }}' }], edges: { next: 'mark' } },
    mark: { type: 'tag', tags: ['talked'], edges: { next: 'where' } },
    where: {
      type: 'condition',
      rules: [{ outcome: 'prague', when: { variable: 'vars.city', operator: 'equals', value: 'Praha' } }],
      edges: { prague: 'clerk', otherwise: 'bye' },
    },
    clerk: { type: 'assistant', assistantId: 'clerk', inputs: { pin: '{{ vars.pin }}' }, edges: { ended: 'bye' } },
    bye: { type: 'hangup', reason: 'done' },
  },
};
const call: CallInput = (() => {
  const made = madeUpCall('CA1', flow);
  const tools = ['crm', 'billing'].map((name) => madeUpTool({ endpoint: 'https://crm.test', name }));
  const { helper, ...others } = made.flow.assistants;
  const assistants = helper ? { ...others, helper: { ...helper, tools } } : others;
  return { ...made, flow: { ...made.flow, assistants } };
})();

const attach = (state: CoreState) =>
  attached(call, state, { epoch: state.epoch, streamId: `MZ${state.epoch}`, gatewayId: 'g1' }, 2_000);
const [streaming, first] = attach(admitted(call, initialCoreState(call), { gateway }, 1_000));
const left = { epoch: 1, visit: 1, outcome: 'appointment', data: { city: 'Praha' }, lastSeq: 2 };

describe('an assistant in a node', () => {
  it('has its tools, time and ways out within what the node says, and is told its inputs and no secret', () => {
    expect(first).toMatchObject({
      accepted: true,
      assistant: {
        tools: [{ name: 'crm' }],
        maxDurationMs: 60_000,
        outcomes: [
          { name: 'appointment', description: 'wants an appointment' },
          { name: 'order', description: 'as this node sees it' },
        ],
        returnsFacts: true,
      },
    });
    expect(first.accepted && first.vars).toEqual({ city: 'Brno', from: 'Brno' });
  });

  it('goes on without a tool that its live version has dropped', () => {
    const { helper, ...others } = call.flow.assistants;
    const tools = helper?.tools.filter(({ name }) => name !== 'crm') ?? [];
    const assistants = helper ? { ...others, helper: { ...helper, tools } } : others;
    const dropped: CallInput = { ...call, flow: { ...call.flow, assistants } };
    const begun = admitted(dropped, initialCoreState(dropped), { gateway }, 1_000);
    const [, reply] = attached(dropped, begun, { epoch: begun.epoch, streamId: 'MZ', gatewayId: 'g1' }, 2_000);
    expect(reply).toMatchObject({ accepted: true, assistant: { tools: [], maxDurationMs: 60_000 } });
  });

  it('keeps all of it in the next epoch', () => {
    const again = proceeded(call, streaming, { number: 1, event: { type: 'streamEnded' }, gateway }, 5_000);
    const [, second] = attach(again);
    expect(second).toMatchObject({ resumed: true, assistant: { tools: [{ name: 'crm' }], maxDurationMs: 60_000 } });
    const waiting = proceeded(call, streaming, { number: 1, event: { type: 'streamEnded' } }, 5_000);
    const back = proceeded(call, waiting, { number: 2, event: { type: 'done' }, gateway }, 6_000);
    expect(attach(back)[1]).toMatchObject({ assistant: { tools: [{ name: 'crm' }] }, vars: { from: 'Brno' } });
  });

  it('hands the call on in the same stream by what it has learnt, over nodes that neither wait nor speak', () => {
    const [state, answer] = assistantHasLeft(call, streaming, { ...left, mayGoOn: true }, 4_000);
    expect(answer).toMatchObject({
      next: 'assistant',
      nodeId: 'clerk',
      visit: 2,
      vars: { city: 'Praha', pin: '4711' },
    });
    expect(answer.next === 'assistant' && answer.assistant.tools).toEqual([]);
    expect(state).toMatchObject({ phase: 'streaming', epoch: 1, flow: { tags: ['talked'] } });
    expect(state.answer).toBe(streaming.answer);
  });

  it('hands it on by the carrier in the same way', () => {
    const stopped = mediaHasStopped(streaming, left, 4_000);
    const next = proceeded(call, stopped, { number: 1, event: { type: 'streamEnded' }, gateway }, 5_000);
    expect(next).toMatchObject({ epoch: 2, flow: { nodeId: 'clerk', vars: { talk: { city: 'Praha' } } } });
    const other = mediaHasStopped(streaming, { ...left, data: { city: 'Plzeň' } }, 4_000);
    const over = proceeded(call, other, { number: 1, event: { type: 'streamEnded' }, gateway }, 5_000);
    expect(over.answer?.instructions).toEqual([{ type: 'hangUp' }]);
  });
});
