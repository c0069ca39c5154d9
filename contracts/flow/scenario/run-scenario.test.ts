import { describe, expect, it } from 'vitest';
import { compileFlow } from '../compile.ts';
import type { FlowNode } from '../document.ts';
import { flowOf } from '../testing/play.ts';
import { readScenario } from './read-scenario.ts';
import { runScenario } from './run-scenario.ts';
import type { Action, QueueAnswer, ScenarioDocument } from './scenario-schema.ts';
import { withStandIns } from './stand-ins.ts';

/** Plays one call through `start -> it -> end-<outcome>`. */
function play(node: FlowNode, drawn: Partial<ScenarioDocument> = {}, others: Parameters<typeof flowOf>[1] = {}) {
  const document = flowOf(node, others);
  const flow = compileFlow(document, withStandIns(document, {}));
  const scenario = readScenario({ scenarioVersion: 1, name: 'x', clock: '2026-11-27T17:59 Europe/Prague', ...drawn });
  const result = runScenario(flow, scenario);
  const [call] = result.calls;
  if (!call) throw new Error('a scenario has a call');
  const { run, failures } = call;
  const stay = run.stays.find((each) => each.node === 'it');
  return {
    ...run,
    ok: result.ok,
    failures,
    took: stay && (stay.leftAtMs - stay.enteredAtMs) / 1000,
    left: stay?.outcome,
  };
}

const menu: FlowNode = {
  type: 'menu',
  prompt: 'x'.repeat(100),
  options: [{ outcome: 'one', digit: '1', words: { 'cs-CZ': ['jedna'] } }],
  timeoutMs: 5000,
  tries: 2,
  edges: { one: 'x', noInput: 'x', noMatch: 'x' },
};
const collect: FlowNode = {
  type: 'collect',
  prompt: 'ab',
  variable: 'order',
  minDigits: 2,
  maxDigits: 4,
  finishOnKey: '#',
  timeoutMs: 5000,
  tries: 1,
  edges: { collected: 'x', noInput: 'x', invalid: 'x' },
};
const http: FlowNode = {
  type: 'http',
  toolId: 'crm',
  timeoutMs: 3000,
  result: 'found',
  edges: { ok: 'x', failed: 'x', timeout: 'x' },
};
const queue: FlowNode = {
  type: 'queue',
  queueId: 'support',
  maxWaitS: 60,
  hold: { exitKeys: ['*'], callbackKey: '9' },
  edges: { served: 'x', timeout: 'x', full: 'x', unstaffed: 'x', callback: 'x', 'key*': 'x' },
};
const voicemail: FlowNode = { type: 'voicemail', prompt: 'ab', maxLengthS: 10, edges: { recorded: 'x', empty: 'x' } };

describe('a caller', () => {
  it('answers a second after the last word', () => {
    expect(play(menu, { does: [{ press: '1' }] })).toMatchObject({ left: 'one', took: 7 });
  });

  it('may answer while it is still asked', () => {
    expect(play(menu, { does: [{ say: 'jedna', afterS: 2 }] })).toMatchObject({ left: 'one', took: 2 });
  });

  it('who has nothing left to do is silent until the flow goes on', () => {
    expect(play(menu)).toMatchObject({ left: 'noInput', took: 22 });
  });

  it('is not heard where only keys are taken, and then there is silence', () => {
    expect(play(collect, { does: [{ say: 'čtyři' }] })).toMatchObject({ left: 'noInput', took: 5.12 });
  });

  it('ends what is typed by the key that ends it, or the carrier waits for more', () => {
    expect(play(collect, { does: [{ press: '12#' }] })).toMatchObject({ took: 1.12, variables: { order: '12' } });
    expect(play(collect, { does: [{ press: '12' }] })).toMatchObject({ took: 6.12, variables: { order: '12' } });
    expect(play(collect, { does: [{ press: '12345' }] })).toMatchObject({ took: 1.12, variables: { order: '1234' } });
  });

  it('may hang up at any time that is long enough', () => {
    const hangsUp = { does: [{ hangUp: true, afterS: 20 }] } satisfies Partial<ScenarioDocument>;
    const busy = { answers: { queues: { support: { agents: [{ busyS: 40 }] } } } };
    expect(play(queue, { ...busy, ...hangsUp })).toMatchObject({ outcome: 'callerHungUp', took: 20 });
    expect(play(menu, hangsUp)).toMatchObject({ outcome: 'callerHungUp', took: 20 });
  });

  it('may hang up at a later stay at a node, and is silent until then', () => {
    const round = { ...menu, edges: { one: 'it', noInput: 'it', noMatch: 'it' } };
    const nodes = { 'end-noinput': { type: 'wait' as const, durationS: 1, edges: { next: 'it' } } };
    const run = play(round, { does: [{ hangUp: true, at: 'it', stay: 3, afterS: 2 }] }, { nodes });
    expect(run.stays.filter(({ node }) => node === 'it').map(({ outcome }) => outcome)).toEqual([
      'noInput',
      'noInput',
      'hungUp',
    ]);
  });

  it('leaves a message up to its longest, or none', () => {
    expect(play(voicemail, { does: [{ leaveMessageS: 8 }] })).toMatchObject({ left: 'recorded', took: 8.12 });
    expect(play(voicemail, { does: [{ leaveMessageS: 80 }] })).toMatchObject({ left: 'recorded', took: 10.12 });
    expect(play(voicemail)).toMatchObject({ left: 'empty' });
  });

  it('who would press where a message is wanted makes the scenario fail', () => {
    const { failures } = play(voicemail, { does: [{ press: '1' }] });
    expect(failures).toMatchObject([{ came: 'the caller was to answer, but is at a voicemail: use leaveMessageS' }]);
  });

  it('who is asked elsewhere makes the scenario fail', () => {
    const { failures } = play(menu, { does: [{ press: '1', at: 'other-menu' }] });
    expect(failures).toMatchObject([{ came: 'the caller was to act at "other-menu", but is asked at "it"' }]);
  });

  it('who has something left to do at the end makes the scenario fail', () => {
    const { failures } = play(menu, { does: [{ press: '1' }, { press: '2' }] });
    expect(failures).toMatchObject([
      { came: 'the call is over before the caller can do what stands at does/1: {"press":"2"}' },
    ]);
  });
});

describe('a tool', () => {
  it('answers by its id or by the node', () => {
    expect(play(http, { answers: { tools: { crm: { data: { name: 'Jana' } } } } })).toMatchObject({
      left: 'ok',
      took: 0.5,
      variables: { found: { name: 'Jana' } },
    });
    expect(play(http, { answers: { tools: { it: { status: 'failed', afterS: 2 } } } })).toMatchObject({
      left: 'failed',
      took: 2,
    });
  });

  it('that answers too late has not answered', () => {
    expect(play(http, { answers: { tools: { crm: { data: 1, afterS: 3 } } } })).toMatchObject({
      left: 'timeout',
      took: 3,
    });
  });

  it('is asked while the caller still hears the words before', () => {
    const said: FlowNode = { type: 'say', text: 'x'.repeat(100), edges: { next: 'x' } };
    const asks = (afterS: number) => {
      const nodes = { 'end-next': { ...http, edges: { ok: 'bye' } }, bye: { type: 'hangup' as const } };
      const { startedAtMs, endedAtMs } = play(said, { answers: { tools: { crm: { data: 1, afterS } } } }, { nodes });
      return (endedAtMs - startedAtMs) / 1000;
    };
    expect([asks(1), asks(2.9)]).toEqual([6, 6]);
  });

  it('of which nothing is said makes the scenario fail', () => {
    const { failures } = play(http);
    expect(failures).toMatchObject([
      { came: 'the scenario does not say what the tool answers: answers.tools lacks "it" or "crm"' },
    ]);
  });

  it('that is asked more often than it has answers makes the scenario fail', () => {
    const again = { again: { ...http, edges: { ok: 'end-ok' } } };
    const { failures } = play(
      http,
      { answers: { tools: { crm: [{ data: 1 }] } } },
      { nodes: { ...again, 'end-ok': again.again } },
    );
    expect(failures).toMatchObject([{ came: 'answers.tools has 1 for "crm", and it is asked once more' }]);
  });
});

describe('a queue', () => {
  const at = (state: QueueAnswer, does: Action[] = []) =>
    play(queue, { answers: { queues: { support: state } }, does });

  it.each<[string, QueueAnswer, string, number]>([
    ['nobody works in is unstaffed', {}, 'unstaffed', 0],
    ['is full is so at once', { agents: [{ busyS: 0 }], waiting: 3, capacity: 3 }, 'full', 0],
    ['has a ready agent serves at once', { agents: [{ busyS: 5 }, { busyS: 0 }] }, 'served', 0],
    ['has an agent who will be free serves then', { agents: [{ busyS: 90 }, { busyS: 45 }] }, 'served', 45],
    ['serves those first who wait longer', { agents: [{ busyS: 10 }, { busyS: 45 }], waiting: 1 }, 'served', 45],
    ['has nobody free in time gives up', { agents: [{ busyS: 90 }, { busyS: 400 }] }, 'timeout', 60],
    ['says how it ends ends so', { outcome: 'served', afterS: 7 }, 'served', 7],
    ['says so too late gives up', { outcome: 'served', afterS: 61 }, 'timeout', 60],
  ])('that %s', (_name, state, left, took) => {
    expect(at(state)).toMatchObject({ left, took, ok: true });
  });

  it('is left by its keys before it serves', () => {
    expect(at({ agents: [{ busyS: 30 }] }, [{ press: '*', afterS: 10 }])).toMatchObject({ left: 'key*', took: 10 });
    expect(at({ agents: [{ busyS: 30 }] }, [{ press: '9', afterS: 10 }])).toMatchObject({ left: 'callback', took: 10 });
    expect(at({ agents: [{ busyS: 5 }] }, [{ press: '9', afterS: 10 }])).toMatchObject({ left: 'served', ok: false });
  });
});

describe('an assistant', () => {
  const node: FlowNode = {
    type: 'assistant',
    assistantId: 'helper',
    maxDurationS: 60,
    result: 'talk',
    edges: { order: 'x', timeLimit: 'x' },
  };

  it('leaves as it is told, with what it found out', () => {
    const answers = { assistants: { helper: { outcome: 'order', data: { number: 5 }, afterS: 40 } } };
    expect(play(node, { answers })).toMatchObject({ left: 'order', took: 40, variables: { talk: { number: 5 } } });
  });

  it('talks no longer than it may', () => {
    expect(play(node, { answers: { assistants: { helper: { outcome: 'order', afterS: 61 } } } })).toMatchObject({
      left: 'timeLimit',
      took: 60,
    });
  });

  it('may be hung up on', () => {
    expect(play(node, { answers: { assistants: { helper: { outcome: 'callerHungUp' } } } })).toMatchObject({
      outcome: 'callerHungUp',
    });
  });
});

describe('what is expected', () => {
  const failing = (expected: ScenarioDocument['expect']) =>
    play(
      menu,
      { does: [{ press: '7' }, { press: '1' }], expect: expected },
      { nodes: { 'end-one': { type: 'hangup', lastWords: 'Nashle.', reason: 'one' } } },
    ).failures;

  it('may leave out nodes and name outcomes', () => {
    expect(failing({ path: ['start', 'it: one', 'end-one'] })).toEqual([]);
    expect(failing({ path: ['...', 'end-one'] })).toEqual([]);
    expect(failing({ path: ['start', '...'], notThrough: ['end-noinput'] })).toEqual([]);
  });

  it('is told with the step at which it shows', () => {
    expect(failing({ path: ['start', 'it: noMatch', 'end-nomatch'] })).toEqual([
      { at: '/expect/path/1', stay: 1, expected: 'it: noMatch', came: 'it: one' },
    ]);
    expect(failing({ path: ['start', 'it'] })).toEqual([
      { at: '/expect/path/2', stay: 2, expected: 'the end of the call', came: 'end-one: one' },
    ]);
    expect(failing({ notThrough: ['it'] })).toMatchObject([{ at: '/expect/notThrough/0', stay: 1 }]);
  });

  it('of words is in their order, by node, exact or in part', () => {
    expect(failing({ said: [{ node: 'it', contains: 'xx' }, 'xxx', { equals: 'Nashle.' }] })).toEqual([]);
    expect(failing({ said: ['Nashle', 'xx'] })).toMatchObject([{ at: '/expect/said/1', came: 'nothing' }]);
    expect(failing({ said: [{ node: 'end-one', contains: 'x' }] })).toMatchObject([{ came: '"Nashle."' }]);
    expect(failing({ notSaid: ['Nash'] })).toMatchObject([{ expected: 'no words with "Nash"' }]);
  });

  it('of values is compared whole', () => {
    expect(failing({ outcome: 'one', language: 'cs-CZ', variables: { order: null }, tags: [] })).toEqual([]);
    expect(failing({ outcome: 'two' })).toEqual([{ at: '/expect/outcome', expected: '"two"', came: '"one"' }]);
    expect(failing({ variables: { order: '5' } })).toEqual([
      { at: '/expect/variables/order', expected: '"5"', came: 'null' },
    ]);
  });

  it('of times has bounds', () => {
    expect(failing({ durationS: { atLeast: 14, atMost: 15 }, staysS: { it: { atMost: 14 } } })).toEqual([]);
    expect(failing({ durationS: { atMost: 1 } })).toMatchObject([{ at: '/expect/durationS', expected: 'at most 1 s' }]);
    expect(failing({ staysS: { 'end-two': {} } })).toMatchObject([{ came: 'none' }]);
  });
});

it('messages, notices, tags and calls of tools are held to what is expected', () => {
  const nodes: Record<string, FlowNode> = {
    'end-ok': { type: 'sms', to: '+420777123456', text: 'Hi {{ vars.found }}', edges: { sent: 'tell', failed: 'bye' } },
    tell: { type: 'notify', to: { people: ['jana'] }, text: 'ring', edges: { next: 'mark' } },
    mark: { type: 'tag', tags: ['sale', 'vip'], edges: { next: 'bye' } },
    bye: { type: 'hangup' },
  };
  const asked: FlowNode = { ...http, arguments: { who: '{{ caller.number }}', of: { town: 'Brno' } } };
  const judge = (expected: ScenarioDocument['expect']) =>
    play(
      asked,
      { answers: { tools: { crm: { data: 'Jana' } } }, caller: { number: '+420777123456' }, expect: expected },
      { nodes },
    ).failures;
  expect(
    judge({
      tools: [{ tool: 'crm', arguments: { who: '+420777123456' } }],
      sms: [{ to: '+420777123456', equals: 'Hi Jana' }],
      notified: [{ to: 'jana', contains: 'ri' }],
      tags: ['vip', 'sale'],
    }),
  ).toEqual([]);
  expect(judge({ tools: [] })).toMatchObject([{ at: '/expect/tools', expected: '0 of them' }]);
  expect(judge({ tools: [{ tool: 'crm', arguments: { of: { town: 'Praha' } } }] })).toMatchObject([
    { at: '/expect/tools/0' },
  ]);
  expect(judge({ sms: [{ contains: 'Hi' }, { contains: 'again' }] })).toMatchObject([
    { at: '/expect/sms/1', came: '"none"' },
  ]);
  expect(judge({ notified: [{ to: 'petr' }] })).toMatchObject([{ at: '/expect/notified/0' }]);
});
