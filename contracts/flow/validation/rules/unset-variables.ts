import { typeOf } from '../../variables.ts';
import { assignmentsOf } from '../assignments.ts';
import type { FlowView, ViewedNode } from '../flow-view.ts';
import { type Problem, problem } from '../problem.ts';
import type { Rule } from '../rule.ts';
import { placesOf } from './unknown-variables.ts';

/**
 * A variable without a default has a value wherever it is read. Where no call can come with a value it is never set,
 * where some calls can come without one it may be unset.
 */
export const unsetVariables: Rule = (view) => {
  const names = readNames(view);
  if (names.size === 0) return [];
  const mayBeUnset = carry(view, names);
  const afterSetting = new Map<string, ReadonlySet<string>>();
  const problems: Problem[] = [];
  for (const viewed of view.nodes.values())
    for (const name of viewed.inspection.reads.size === 0 ? [] : new Set(namesRead(viewed))) {
      const index = names.get(name);
      if (index === undefined || !mayBeUnset(viewed.id, index) || setsBeforeReading(viewed, name, view)) continue;
      const after = afterSetting.get(name) ?? nodesAfterSetting(view, name);
      afterSetting.set(name, after);
      problems.push(unset(viewed, name, after.has(viewed.id)));
    }
  return problems;
};

/** Outcomes on which a node has set its variables; a node that is not here sets them on all. */
const settingOutcomes: Readonly<Record<string, (outcome: string) => boolean>> = {
  collect: (outcome) => outcome === 'collected',
  http: (outcome) => outcome !== 'failed' && outcome !== 'timeout',
};

/**
 * What is collected is read back to confirm it, what is known of a queue is told to those who wait in it, and a `set` node
 * assigns one variable after the other.
 */
function setsBeforeReading(viewed: ViewedNode, name: string, view: FlowView): boolean {
  const { node, spec } = viewed;
  if (!setNames(node, spec).includes(name)) return false;
  if (node.type !== 'set') return node.type === 'collect' || node.type === 'queue';
  for (const assignment of assignmentsOf(viewed, view)) {
    if (namesRead(assignment).includes(name)) return false;
    if (`vars.${assignment.to}` === name) return true;
  }
  return false;
}

/** What is read somewhere and has no default, numbered. */
function readNames({ nodes, declared, reached }: FlowView): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const viewed of nodes.values())
    for (const name of reached.has(viewed.id) ? namesRead(viewed) : []) {
      const isJudged =
        name === 'queue' || (typeOf(name, declared) !== undefined && declared[name]?.default === undefined);
      if (isJudged && !names.has(name)) names.set(name, names.size);
    }
  return names;
}

/** `vars.order` of `vars.order.items`; what is known of a queue is known together. */
function namesRead({ inspection: { reads } }: Pick<ViewedNode, 'inspection'>): string[] {
  return [...reads].flatMap((path) => {
    const [group, name] = path.split('.');
    if (group === 'queue') return ['queue'];
    return group === 'vars' && name !== undefined ? [`vars.${name}`] : [];
  });
}

/** Whether a call can come to a node with a variable unset. */
type MayBeUnset = (id: string, name: number) => boolean;

/** Follows all variables at once, a bit for each in the words of a node's row, until no row grows any more. */
function carry({ document: { start, fault }, nodes }: FlowView, names: ReadonlyMap<string, number>): MayBeUnset {
  const words = Math.ceil(names.size / 32);
  const rowOf = new Map([...nodes.keys()].map((id, index) => [id, index * words]));
  const bits = new Uint32Array(nodes.size * words);
  const sets = new Uint32Array(words);
  // A guard may end in the fault path at any time.
  const open = [start, fault].filter((id) => id !== undefined && rowOf.has(id));
  for (const id of open) bits.fill(0xffffffff, rowOf.get(id ?? ''), (rowOf.get(id ?? '') ?? 0) + words);
  const waiting = new Set(open);
  for (const id of waiting) {
    waiting.delete(id);
    const viewed = nodes.get(id ?? '');
    if (!viewed) continue;
    const isSetting = readSets(viewed, names, sets);
    for (const { outcome, target } of viewed.ways) {
      const to = target === undefined ? undefined : rowOf.get(target);
      const takes = isSetting && (settingOutcomes[viewed.node.type]?.(outcome) ?? true);
      if (to !== undefined && flow(rowOf.get(viewed.id) ?? 0, to, takes)) waiting.add(target);
    }
  }
  return (id, name) => (((bits[(rowOf.get(id) ?? 0) + (name >>> 5)] ?? 0) >>> (name & 31)) & 1) === 1;

  /** Carries a row over to another; says whether anything is new to it. */
  function flow(from: number, to: number, takesSets: boolean): boolean {
    let isNew = false;
    for (let word = 0; word < words; word++) {
      const before = bits[to + word] ?? 0;
      bits[to + word] = before | ((bits[from + word] ?? 0) & ~(takesSets ? (sets[word] ?? 0) : 0));
      isNew ||= bits[to + word] !== before;
    }
    return isNew;
  }
}

/** Which variables a node sets, into `sets`; says whether any. */
function readSets({ node, spec }: ViewedNode, names: ReadonlyMap<string, number>, sets: Uint32Array): boolean {
  const set = setNames(node, spec).flatMap((name) => names.get(name) ?? []);
  if (set.length === 0) return false;
  sets.fill(0);
  for (const index of set) sets[index >>> 5] = (sets[index >>> 5] ?? 0) | (1 << (index & 31));
  return true;
}

function setNames(node: ViewedNode['node'], spec: ViewedNode['spec']): string[] {
  const names = (spec.sets?.(node) ?? []).map((name) => `vars.${name}`);
  return node.type === 'queue' || node.type === 'staffing' ? [...names, 'queue'] : names;
}

/** The nodes to which a call can come after a variable was set. */
function nodesAfterSetting({ nodes }: FlowView, name: string): ReadonlySet<string> {
  const after = new Set<string>();
  const open = [...nodes.values()].flatMap(({ node, spec, ways }) =>
    setNames(node, spec).includes(name)
      ? ways.filter(({ outcome }) => settingOutcomes[node.type]?.(outcome) ?? true).map(({ target }) => target)
      : [],
  );
  for (let id = open.pop(); open.length > 0 || id !== undefined; id = open.pop()) {
    if (id === undefined || after.has(id)) continue;
    after.add(id);
    open.push(...(nodes.get(id)?.ways ?? []).map(({ target }) => target));
  }
  return after;
}

function unset(viewed: ViewedNode, name: string, isMaybeSet: boolean): Problem {
  const [place] = placesOf(viewed, name);
  const where = { nodeId: viewed.id, ...(place && { at: place.at }) };
  return isMaybeSet
    ? problem(
        'variable-maybe-unset',
        where,
        `${name} has no value here on some paths; give it a default`,
        `${name} zde na některých cestách nemá hodnotu; dejte jí výchozí`,
      )
    : problem(
        'variable-never-set',
        where,
        `${name} is used here, but nothing before sets it`,
        `${name} se zde používá, ale nic ji předtím nenastaví`,
      );
}
