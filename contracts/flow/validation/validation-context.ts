import type { FlowReferences } from '../references.ts';

/** What a flow is judged against: what it refers to, and where it stands. Webhooks and numbers that are absent are not judged. */
export interface ValidationContext extends FlowReferences {
  /** The flow's own id, once it has one. */
  flowId?: string;
  webhooks?: Readonly<Record<string, object>>;
  /** The tenant's numbers in E.164, and those of them that ring this flow. */
  numbers?: readonly string[];
  ownNumbers?: readonly string[];
  /** Tells what is past. */
  nowMs: number;
}
