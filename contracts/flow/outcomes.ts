import { builtInOutcomes } from '../assistant.ts';
import type { FlowNode } from './document.ts';

/** The outcomes a node may have; an assistant's declared ones come from its version. */
export function outcomesOf(node: FlowNode, declaredByAssistant: readonly string[] = []): readonly string[] {
  switch (node.type) {
    case 'start':
    case 'say':
      return ['next'];
    case 'collect':
      return ['collected', 'noInput', 'invalid'];
    case 'assistant':
      return [...declaredByAssistant, ...builtInOutcomes];
    case 'hangup':
      return [];
  }
}
