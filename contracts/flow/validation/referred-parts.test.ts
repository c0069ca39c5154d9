import { describe, expect, it } from 'vitest';
import { weekdays } from '../calendar/weekdays.ts';
import type { FlowDocument } from '../document.ts';
import { orderContext, orderFlow, withNodes } from '../testing/order-flow.ts';
import { validate } from '../validate.ts';
import type { ProblemCode } from './problem.ts';
import type { ValidationContext } from './validation-context.ts';

describe('what a flow refers to', () => {
  const weekly = [{ days: ['mon' as const], from: '08:00', to: '18:00' }];
  const inner = (flowId: string, version?: number) => ({
    ...orderFlow,
    nodes: {
      start: { type: 'start', edges: { next: 'sub' } },
      sub: { type: 'subflow', flowId, ...(version !== undefined && { version }), edges: { done: 'back' } },
      back: { type: 'return', name: 'done' },
    },
  });
  const there: ValidationContext = {
    ...orderContext,
    flowId: 'main',
    calendars: {
      shop: { timeZone: 'Europe/Prague', weekly },
      never: { timeZone: 'Europe/Prague', weekly: [] },
      always: { timeZone: 'Europe/Prague', weekly: [{ days: [...weekdays], from: '00:00', to: '24:00' }] },
      nowhere: { timeZone: 'Europe/Praha', weekly },
    },
    queues: { sales: { name: 'Sales' } },
    prompts: { hello: { audio: { 'cs-CZ': { audioId: 'a', durationMs: 1 } } } },
    tools: {},
    flows: {
      back: { liveVersion: 1, versions: { 1: inner('main') as FlowDocument } },
      circle: { liveVersion: 2, versions: { 2: inner('circle') as FlowDocument } },
      deep: { liveVersion: 1, versions: { 1: inner('back') as FlowDocument } },
      draft: { versions: {} },
      good: {
        liveVersion: 1,
        versions: {
          1: { ...orderFlow, nodes: { ...orderFlow.nodes, bye: { type: 'return', name: 'done' } } },
        },
      },
    },
    numbers: ['+420222111000', '+420222111001'],
    ownNumbers: ['+420222111000'],
  };
  const hours = (calendarId: string) => ({ type: 'hours', calendarId, edges: { open: 'order', closed: 'order' } });
  const sub = (flowId: string, version?: number) => ({
    type: 'subflow',
    flowId,
    ...(version !== undefined && { version }),
    edges: { done: 'order' },
  });
  const transfer = (phoneNumber: string, callerId?: string) => ({
    type: 'transfer',
    to: { phoneNumber },
    ...(callerId && { callerId }),
    ringTimeoutS: 20,
    edges: {},
  });
  const queue = (queueId: string) => ({ type: 'queue', queueId, maxWaitS: 60, edges: {} });

  it.each<[what: string, node: object, problems: [code: ProblemCode, at: string][]]>([
    ['a calendar', hours('shop'), []],
    ['no calendar', hours('shp'), [['unknown-reference', '/nodes/welcome/calendarId']]],
    ['a calendar that is never open', hours('never'), [['calendar-never-open', '/nodes/welcome/calendarId']]],
    ['a calendar that is always open', hours('always'), [['calendar-always-open', '/nodes/welcome/calendarId']]],
    ['a calendar of no zone', hours('nowhere'), [['calendar-broken', '/nodes/welcome/calendarId']]],
    [
      'a queue',
      queue('sales'),
      [
        ['not-live-yet', '/nodes/welcome'],
        ['unreachable-node', '/nodes/order'],
        ['unreachable-node', '/nodes/repeat'],
        ['unreachable-node', '/nodes/helper'],
      ],
    ],
    ['a flow', sub('good', 1), []],
    ['no flow', sub('goood'), [['unknown-reference', '/nodes/welcome/flowId']]],
    ['a version that is not there', sub('good', 7), [['unknown-version', '/nodes/welcome/flowId']]],
    ['a flow that was never published', sub('draft'), [['unknown-version', '/nodes/welcome/flowId']]],
    [
      'itself',
      sub('main'),
      [
        ['unknown-reference', '/nodes/welcome/flowId'],
        ['subflow-calls-itself', '/nodes/welcome/flowId'],
      ],
    ],
    ['a flow that comes back', sub('back'), [['subflow-calls-itself', '/nodes/welcome/flowId']]],
    ['a flow that comes back by another', sub('deep'), [['subflow-calls-itself', '/nodes/welcome/flowId']]],
    ['a flow that enters itself', sub('circle'), [['subflow-calls-itself', '/nodes/welcome/flowId']]],
    [
      'a prompt without one of the languages',
      { type: 'say', text: { promptId: 'hello' }, edges: { next: 'order' } },
      [['prompt-language-missing', '/nodes/welcome/text/promptId']],
    ],
    ['a number of another', transfer('+420222111001'), []],
    ['its own number', transfer('+420222111000'), [['transfer-to-own-number', '/nodes/welcome/to/phoneNumber']]],
    [
      'a caller ID that is not its own',
      transfer('+420222999888', '+420999888777'),
      [['unknown-reference', '/nodes/welcome/callerId']],
    ],
  ])('%s', (_, node, problems) => {
    const reports = validate(withNodes({ welcome: node }), there).map(({ code, at }) => [code, at]);
    const isHere = ([code]: readonly unknown[]): boolean => code !== 'unreachable-node' && code !== 'not-live-yet';
    expect(new Set(reports.filter(isHere))).toEqual(new Set(problems.filter(isHere)));
  });
});
