import { expect, it } from 'vitest';
import { compileFlow } from '../compile.ts';
import type { FlowNode } from '../document.ts';
import { flowOf } from '../testing/play.ts';
import { callerNumber, recordedCall } from '../testing/recorded-call.ts';
import type { EventDetail } from '../state.ts';
import { withoutAddresses } from './hide-numbers.ts';
import { replay } from './replay.ts';

const dial = (phoneNumber: string): FlowNode => ({
  type: 'transfer',
  to: { phoneNumber },
  ringTimeoutS: 20,
  edges: { completed: '', busy: '', noAnswer: '', declined: '', failed: '' },
});
const variables = { advisor: { type: 'phone', default: '+420602333444' } } as const;
const replayed = (was: FlowNode, now: FlowNode, ...events: EventDetail[]) =>
  replay(compileFlow(flowOf(now, { variables }), { assistants: {} }), recordedCall(flowOf(was, { variables }), events));
const busy: EventDetail = { type: 'dialEnded', status: 'busy' };

it('a dialled number that came out of a variable is told nowhere, one that the flow names is', () => {
  const toAdvisor = replayed(dial('+420222999111'), dial('{{ vars.advisor }}'), busy);
  expect(toAdvisor.stop).toMatchObject({
    needs: 'what becomes of dialling •••',
    because: 'it dials •••, and the call dialled +420222999111',
  });
});

it("the other side's number is in no words, however it is spoken", () => {
  const say = (greeting: string): FlowNode => ({
    type: 'say',
    text: `${greeting} {{ caller.number }} or {{ caller.number | phone }} or {{ caller.number | phone: "national" }} or {{ caller.number | digits }}.`,
    edges: { next: '' },
  });
  const result = replayed(say('Hello'), say('Good day'));
  expect(result.verdict).toBe('words');
  expect(result.rows.flatMap(({ now }) => now?.says ?? [])).toContain('Good day ••• or ••• or ••• or •••.');
  expect(JSON.stringify(result).replaceAll(/\D/g, '')).not.toContain(callerNumber.slice(-9));
});

it.each([
  ['call +420 777 123 456 now', 'call ••• now'],
  ['order 777123, day 2026-11-26', 'order •••, day 2026-11-26'],
  ['order 4 7 1 1 8 9', 'order 4 7 1 1 8 9'],
  ['sip:jana@shop.example is away', '••• is away'],
])('%s', (text, shown) =>
  expect(withoutAddresses({ in: [text] }, [callerNumber, 'sip:jana@shop.example'])).toEqual({ in: [shown] }),
);
