import type { Json } from '../../tools.ts';
import { isObject } from '../bounds.ts';
import type { DrawnNode } from '../node-spec.ts';
import type { FlowView, ViewedNode } from './flow-view.ts';
import { inspect, type Inspection } from './inspection.ts';
import { pointer } from './problem.ts';

/** One assignment of a `set` node, as if it stood alone. */
export interface Assignment {
  /** The variable, without `vars.`. */
  to: string;
  at: string;
  inspection: Inspection;
}

/** What a `set` node does, in its order; of any other node nothing. */
export function assignmentsOf({ id, node, spec }: ViewedNode, { declared, context }: FlowView): Assignment[] {
  const assignments: unknown = Reflect.get(node, 'assignments');
  if (node.type !== 'set' || !Array.isArray(assignments)) return [];
  return assignments.flatMap((assignment: Json, index) => {
    const to = isObject(assignment) ? assignment['variable'] : undefined;
    if (typeof to !== 'string') return [];
    const alone: DrawnNode = Object.assign({}, node, { assignments: [assignment] });
    const at = pointer('nodes', id, 'assignments', index);
    return [{ to, at, inspection: inspect(alone, spec, declared, context) }];
  });
}
