/** A difference in sentences, a line each. */
import type { Json, JsonObject } from '../../tools.ts';
import type { FlowChange, FlowDiff } from './change.ts';
import { isObject } from '../bounds.ts';
import { isList } from '../variables.ts';

const maxShown = 160;

const words = {
  en: {
    flow: 'flow',
    added: 'new node',
    removed: 'node is gone',
    renamed: (before: string) => `was called ${before}`,
    type: (before: string, after: string) => `is no longer ${before} but ${after}`,
    edge: (outcome: string) => `outcome ${outcome}`,
    nowhere: 'nowhere',
    nothing: 'nothing',
    order: 'order',
    moved: (count: number) => `${count} ${count === 1 ? 'node stands' : 'nodes stand'} elsewhere on the canvas`,
    same: 'no difference',
  },
  cs: {
    flow: 'scénář',
    added: 'nový uzel',
    removed: 'uzel zmizel',
    renamed: (before: string) => `dříve se jmenoval ${before}`,
    type: (before: string, after: string) => `už není ${before}, ale ${after}`,
    edge: (outcome: string) => `výsledek ${outcome}`,
    nowhere: 'nikam',
    nothing: 'nic',
    order: 'pořadí',
    moved: (count: number) => `jinde na plátně: ${count}`,
    same: 'žádný rozdíl',
  },
} as const;

/** Czech or English; what only stands elsewhere comes last. */
export function diffWords({ changes, moved }: FlowDiff, language: 'en' | 'cs'): readonly string[] {
  const say = words[language];
  const lines = changes.map((change) => line(change, say));
  if (moved.length > 0) lines.push(say.moved(moved.length));
  return lines.length > 0 ? lines : [say.same];
}

function line(change: FlowChange, say: (typeof words)['en' | 'cs']): string {
  const arrow = (before: string, after: string): string => `${before} -> ${after}`;
  switch (change.type) {
    case 'nodeAdded':
      return `+ ${change.nodeId}: ${say.added}, ${typeOf(change.node)}`;
    case 'nodeRemoved':
      return `- ${change.nodeId}: ${say.removed}, ${typeOf(change.node)}`;
    case 'nodeRenamed':
      return `~ ${change.nodeId}: ${say.renamed(change.before)}`;
    case 'typeChanged':
      return `~ ${change.nodeId}: ${say.type(typeOf(change.before), typeOf(change.after))}`;
    case 'edge':
      return `~ ${change.nodeId}, ${say.edge(change.outcome)}: ${arrow(change.before ?? say.nowhere, change.after ?? say.nowhere)}`;
    case 'order':
      return `~ ${placeOf(change, say.flow)}, ${say.order}: ${arrow(change.before.join(', '), change.after.join(', '))}`;
    case 'field': {
      const { before, after, language } = change;
      const path = language === undefined ? change.path : change.path.slice(0, -1);
      const tag = language === undefined ? '' : ` [${language}]`;
      const shown = (value: Json | undefined): string => (value === undefined ? say.nothing : shortened(value));
      return `~ ${placeOf({ ...change, path }, say.flow)}${tag}: ${arrow(shown(before), shown(after))}`;
    }
  }
}

function placeOf({ nodeId, path }: { nodeId?: string; path: readonly string[] }, flow: string): string {
  return [nodeId ?? flow, ...(path.length > 0 ? [path.join('.')] : [])].join(', ');
}

function typeOf(node: JsonObject): string {
  return typeof node['type'] === 'string' ? node['type'] : '?';
}

/** Values as people write them: no quotes inside of lists of plain words. */
function shortened(value: Json): string {
  const plain = isList(value) ? value.filter((item) => !isObject(item) && !isList(item)).map(String) : [];
  const text = isList(value) && plain.length === value.length ? `[${plain.join(', ')}]` : JSON.stringify(value);
  return text.length <= maxShown ? text : `${text.slice(0, maxShown - 1)}…`;
}
