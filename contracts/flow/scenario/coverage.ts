import type { CompiledFlow } from '../compiled.ts';
import type { ScenarioResult } from './run-scenario.ts';
import { placeOf } from './stays.ts';

/** What of a flow its scenarios reach, subflows included. */
export interface Coverage {
  nodes: { total: number; reached: number; missed: readonly string[] };
  /** Each edge is an outcome. */
  outcomes: { total: number; reached: number; missed: readonly { node: string; outcome: string }[] };
}

/** Which nodes and outcomes no scenario reaches. */
export function coverageOf(flow: CompiledFlow, results: readonly ScenarioResult[]): Coverage {
  const reached = new Map<string, Set<string>>();
  for (const { calls } of results)
    for (const { run } of calls)
      for (const { node, outcome } of run.stays) {
        const outcomes = reached.get(node) ?? new Set();
        if (outcome !== undefined) outcomes.add(outcome);
        reached.set(node, outcomes);
      }
  const nodes = [{ subflow: undefined, graph: flow }, ...subflowsOf(flow)].flatMap(({ subflow, graph }) =>
    Object.entries(graph.nodes).map(([nodeId, { edges }]) => ({
      node: placeOf({ nodeId, subflow }),
      outcomes: Object.keys(edges),
    })),
  );
  const missed = nodes.filter(({ node }) => !reached.has(node)).map(({ node }) => node);
  const edges = nodes.flatMap(({ node, outcomes }) => outcomes.map((outcome) => ({ node, outcome })));
  const missedEdges = edges.filter(({ node, outcome }) => !reached.get(node)?.has(outcome));
  return {
    nodes: { total: nodes.length, reached: nodes.length - missed.length, missed },
    outcomes: { total: edges.length, reached: edges.length - missedEdges.length, missed: missedEdges },
  };
}

function subflowsOf({ subflows }: CompiledFlow) {
  return Object.entries(subflows).map(([subflow, graph]) => ({ subflow, graph }));
}
