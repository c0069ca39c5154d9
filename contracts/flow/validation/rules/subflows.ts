import type { FlowDocument } from '../../document.ts';
import { type Problem, problem } from '../problem.ts';
import { referencesOf } from '../references-of.ts';
import type { Rule } from '../rule.ts';
import type { ValidationContext } from '../validation-context.ts';

/** No flow enters itself, not by way of others either. */
export const subflows: Rule = ({ document, context }) => {
  const problems: Problem[] = [];
  for (const { nodeId, at, to, version } of entered(document)) {
    const circle = circleFrom(to, version, context);
    if (!circle) continue;
    const names = circle.join(' -> ');
    problems.push(
      problem(
        'subflow-calls-itself',
        { nodeId, at },
        `this flow would enter itself: ${names}`,
        `scénář by vstoupil sám do sebe: ${names}`,
      ),
    );
  }
  return problems;
};

interface Entered {
  nodeId: string;
  at: string;
  to: string;
  version?: number;
}

function entered({ nodes }: FlowDocument): Entered[] {
  return Object.entries(nodes).flatMap(([nodeId, node]) =>
    referencesOf(nodeId, node).flatMap(({ kind, to, at, version }) =>
      kind === 'flows' ? [{ nodeId, at, to, version }] : [],
    ),
  );
}

/** The flows on the way from one back to this flow, or to one of themselves. */
function circleFrom(
  first: string,
  firstVersion: number | undefined,
  { flowId, flows = {} }: ValidationContext,
): string[] | undefined {
  const done = new Set<string>();
  return visit(first, firstVersion, []);

  function visit(id: string, version: number | undefined, path: readonly string[]): string[] | undefined {
    if (id === flowId || path.includes(id)) return [...path, id];
    const flow = Object.hasOwn(flows, id) ? flows[id] : undefined;
    const wanted = version ?? flow?.liveVersion;
    const document = wanted === undefined ? undefined : flow?.versions[wanted];
    const key = `${id}@${wanted}`;
    if (!document || done.has(key)) return undefined;
    done.add(key);
    for (const { to, version: pinned } of entered(document)) {
      const circle = visit(to, pinned, [...path, id]);
      if (circle) return circle;
    }
    return undefined;
  }
}
