import type { FlowView } from './flow-view.ts';
import type { Problem } from './problem.ts';

/** One thing to look for in a flow of the right shape. */
export type Rule = (view: FlowView) => readonly Problem[];
