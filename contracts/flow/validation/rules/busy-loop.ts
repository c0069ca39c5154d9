import { specOf } from '../../catalogue.ts';
import type { ViewedNode } from '../flow-view.ts';
import { type Problem, problem } from '../problem.ts';
import { ownOf } from '../references-of.ts';
import type { Rule } from '../rule.ts';
import type { ValidationContext } from '../validation-context.ts';

/** A loop of nodes that neither wait nor ask would spin until the engine's guard ends it. */
export const busyLoop: Rule = ({ nodes, reached, context }) => {
  const problems: Problem[] = [];
  for (const loop of loopsOf(nodes, context)) {
    if (!loop.some((id) => reached.has(id))) continue;
    const names = loop.toReversed().join(' -> ');
    const [nodeId] = loop.toReversed();
    problems.push(
      problem(
        'loop-without-waiting',
        nodeId === undefined ? {} : { nodeId },
        `these nodes lead to each other and nothing in between waits or asks: ${names}`,
        `tyto uzly vedou do sebe a nic mezi nimi nečeká ani se neptá: ${names}`,
      ),
    );
  }
  return problems;
};

/** Nodes that go on at once; those of some types only if they are set to. */
function isBusyNode({ node, spec, references }: ViewedNode, { flows = {} }: ValidationContext): boolean {
  if (node.type === 'language') return Reflect.get(node, 'method') !== 'ask';
  if (node.type === 'recording') return Reflect.get(node, 'consent') === undefined;
  if (node.type !== 'subflow') return spec.waits === 'nothing';
  // Somewhere in the other flow somebody is asked or waited for; if not, it is as busy as this one.
  return !references.some(({ kind, to, version }) => {
    const flow = kind === 'flows' ? ownOf(flows, to) : undefined;
    const document = flow?.versions[version ?? flow.liveVersion ?? NaN];
    return Object.values(document?.nodes ?? {}).some(({ type }) => specOf(type)?.waits !== 'nothing');
  });
}

/** Strongly connected sets among the nodes that wait for nothing (Tarjan's algorithm, without recursion). */
function loopsOf(nodes: ReadonlyMap<string, ViewedNode>, context: ValidationContext): string[][] {
  const loops: string[][] = [];
  const indexes = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  for (const root of nodes.keys()) if (isBusy(root) && !indexes.has(root)) walk(root);
  return loops;

  function isBusy(id: string): boolean {
    const viewed = nodes.get(id);
    return viewed !== undefined && isBusyNode(viewed, context);
  }

  function nextOf(id: string): string[] {
    return (nodes.get(id)?.ways ?? []).flatMap(({ target }) =>
      target !== undefined && isBusy(target) ? [target] : [],
    );
  }

  function walk(root: string): void {
    const frames = [enter(root)];
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const next = frame.next.pop();
      if (next === undefined) {
        frames.pop();
        leave(frame.id, frames.at(-1)?.id);
      } else if (!indexes.has(next)) frames.push(enter(next));
      else if (onStack.has(next)) lower(frame.id, indexes.get(next) ?? 0);
    }
  }

  function enter(id: string): { id: string; next: string[] } {
    indexes.set(id, indexes.size);
    lowest.set(id, indexes.size - 1);
    stack.push(id);
    onStack.add(id);
    return { id, next: nextOf(id) };
  }

  function lower(id: string, to: number): void {
    lowest.set(id, Math.min(lowest.get(id) ?? to, to));
  }

  function leave(id: string, from: string | undefined): void {
    const low = lowest.get(id) ?? 0;
    if (from !== undefined) lower(from, low);
    if (low !== indexes.get(id)) return;
    const loop = stack.splice(stack.lastIndexOf(id));
    for (const each of loop) onStack.delete(each);
    if (loop.length > 1 || nextOf(id).includes(id)) loops.push(loop.toReversed());
  }
}
