import { describe, expect, it } from 'vitest';
import { compileFlow, maxCompiledBytes } from './compile.ts';
import type { FlowNode } from './document.ts';
import { collectNode } from './nodes/collect.ts';
import { flowOf } from './testing/play.ts';
import { references } from './testing/random-flow.ts';

const say = (text: string): FlowNode => ({ type: 'say', text, edges: { next: 'x' } });

describe('compileFlow', () => {
  it('embeds what the flow refers to, and nothing else', () => {
    const hours: FlowNode = { type: 'hours', calendarId: 'shop', edges: { open: 'x', closed: 'x' } };
    const compiled = compileFlow(flowOf(hours), references);
    expect(compiled).toMatchObject({ calendars: references.calendars, tools: {}, prompts: {}, subflows: {} });
  });

  it('embeds a subflow once, with what it refers to, also where it leads to itself', () => {
    const enter: FlowNode = { type: 'subflow', flowId: 'verify-caller', edges: { verified: 'x' } };
    const compiled = compileFlow(flowOf(enter), references);
    expect(Object.keys(compiled.subflows)).toEqual(['verify-caller@3']);
    expect(compiled.subflows['verify-caller@3']?.nodes['again']).toMatchObject({ key: 'verify-caller@3' });
  });

  it('is JSON that survives its way', () => {
    const compiled = compileFlow(flowOf(collectNode.example), references);
    expect(JSON.parse(JSON.stringify(compiled))).toEqual(compiled);
  });

  it('keeps text without templates as it is, and reads the others', () => {
    expect(compileFlow(flowOf(say('Dobrý den')), references).nodes['it']).toMatchObject({ text: 'Dobrý den' });
    expect(compileFlow(flowOf(say('{{ caller.country }}')), references).nodes['it']).toMatchObject({
      text: { template: [{ output: { path: 'caller.country' } }] },
    });
  });

  it('hides what a node asks for in secret', () => {
    const { variables } = compileFlow(flowOf({ ...collectNode.example, sensitive: true }), references);
    expect(variables).toEqual({ order: { type: 'text', sensitive: true } });
  });

  it('names all that stands in the way', () => {
    const nodes: Record<string, FlowNode> = { other: say('{{ vars.lost }}'), third: say('{% if %}') };
    expect(() => compileFlow(flowOf(say('{{ caler.number }}'), { nodes }), references)).toThrow(
      /it: nothing is known as "caler\.number"; "caller\.number" is\n {2}other: .*vars\.lost.*\n {2}third: /s,
    );
  });

  it('refuses what is too large to travel with each call', () => {
    const nodes: Record<string, FlowNode> = {};
    for (let i = 0; i < maxCompiledBytes / 3000; i++) nodes[`n${i}`] = say('x'.repeat(3000));
    expect(() => compileFlow(flowOf(say('x'), { nodes }), references)).toThrow(/1000000 are allowed/);
  });
});
