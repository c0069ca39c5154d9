import type { FlowDocument } from '../document.ts';
import { type ReferenceKind, referencesOf } from '../validation/references-of.ts';

export type ReferredKind = ReferenceKind;

/** By kind the ids that flows refer to, each once, by the alphabet. People who are told something are agents. */
export function idsIn(documents: readonly FlowDocument[]): (kind: ReferredKind) => string[] {
  const found = documents.flatMap(({ nodes }) =>
    Object.entries(nodes).flatMap(([nodeId, node]) => [
      ...referencesOf(nodeId, node),
      ...(node.type === 'notify' && 'people' in node.to
        ? node.to.people.map((to) => ({ kind: 'agents' as const, to }))
        : []),
    ]),
  );
  return (wanted) => [...new Set(found.filter(({ kind }) => kind === wanted).map(({ to }) => to))].toSorted();
}
