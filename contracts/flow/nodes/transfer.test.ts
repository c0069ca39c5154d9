import { describe, expect, it } from 'vitest';
import type { EventDetail } from '../state.ts';
import { flowOf, play } from '../testing/play.ts';
import { transferNode } from './transfer.ts';

const transfer = (changes: Partial<(typeof transferNode)['example']> = {}, variables = {}) =>
  flowOf({ ...transferNode.example, ...changes }, { variables });

describe('transfer', () => {
  it('dials a number, however it is written', () => {
    expect(
      play(transfer({ to: { phoneNumber: '+420 222 999-888' }, callerId: '{{ call.number }}' }), []).last.instructions,
    ).toEqual([{ type: 'dial', to: { phoneNumber: '+420222999888' }, timeoutS: 25, callerId: '+420222000111' }]);
  });

  it('dials a SIP address that a variable holds', () => {
    const document = transfer(
      { to: { sipUri: '{{ vars.desk }}' } },
      { desk: { type: 'text', default: 'sip:desk@pbx.test' } },
    );
    expect(play(document, []).last.instructions).toMatchObject([{ to: { sipUri: 'sip:desk@pbx.test' } }]);
  });

  it.each([
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['no-answer', 'noAnswer'],
    ['declined', 'declined'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ] as const)('makes %s the outcome %s', (status, outcome) => {
    const event: EventDetail = { type: 'dialEnded', status };
    expect(play(transfer(), [event]).ended).toBe(outcome);
  });

  it('fails where there is nothing to dial, and dials nothing else', () => {
    for (const to of [{ phoneNumber: '{{ vars.desk }}' }, { sipUri: '{{ vars.desk }}' }]) {
      const { ended, last } = play(transfer({ to }, { desk: { type: 'text', default: 'sip:a@b.test?x=1' } }), []);
      expect(ended).toBe('failed');
      expect(last.instructions.some(({ type }) => type === 'dial')).toBe(false);
    }
  });

  it('briefs the other side of a warm transfer, which calls cannot do yet', () => {
    const warm = { mode: 'warm', briefing: 'Volá {{ contact.name }}.' } as const;
    expect(play(transfer(warm), []).last.instructions).toMatchObject([
      {
        type: 'warmTransfer',
        to: { phoneNumber: '+420222999888' },
        briefing: { text: 'Volá Jana.' },
        ringTimeoutS: 25,
      },
    ]);
    expect(transferNode.isLive({ ...transferNode.example, ...warm })).toBe(false);
  });

  it('finds numbers and addresses that are none, and parts that do not fit', () => {
    const messages = (changes: object) =>
      transferNode
        .check?.({ ...transferNode.example, ...changes }, { assistants: {} })
        .map(({ message }) => message.en);
    expect(messages({})).toEqual([]);
    expect(messages({ to: { phoneNumber: '112' }, callerId: 'Jana' })).toHaveLength(2);
    expect(messages({ to: { sipUri: 'http://x' }, briefing: 'x' })).toHaveLength(2);
    expect(messages({ mode: 'warm' })).toEqual(['a warm transfer needs a briefing']);
  });
});
