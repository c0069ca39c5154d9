/**
 * Walks a flow with what happened in a stored call.
 *
 * (a) An event goes to the node that it came to in the call. Where the walk skips nodes, their events are skipped; what has
 *     happened before is over. Time that a node waits for passes by itself.
 * (b) An answer counts where the same is asked: by the same node, or, where it comes from elsewhere, by any.
 * (c) The walk stops where nothing in the call answers, and says what it would have to know.
 * (d) What the ledger hides decides nothing here: at a node that is what it was the ledger's own outcome counts, anywhere
 *     else the walk stops.
 */
import type { CompiledFlow, CompiledNode } from '../compiled.ts';
import { advance } from '../engine.ts';
import type { NodeStep } from '../node-spec.ts';
import type { NodeVisit } from '../node-visit.ts';
import { own } from '../own.ts';
import { type Decision, type FlowEvent, type FlowInstruction, type FlowState, initialFlowState } from '../state.ts';
import { graphOf, type Walk } from '../walk.ts';
import { decides, fromLedger, hideIn, isGuard, isSameNode, looksAtHidden, nodeAt } from './ledger-steps.ts';
import { type Happening, placeOf } from './stored-call.ts';
import { isSameJson } from './same-json.ts';
import { addressesOf } from './hide-numbers.ts';
import { changedQuestion, isPortable, otherQuestion, subjectOf, textsOf } from './questions.ts';

export interface ReplayStep {
  decision: Decision;
  place: string;
  /** What the caller hears at it, or somebody reads. */
  says: readonly string[];
}

/** Where a replay cannot go on, and what it would have to know. */
export interface ReplayStop {
  nodeId: string;
  place: string;
  kind: 'never-answered' | 'asks-otherwise' | 'hidden-value' | 'not-reproduced';
  /** What is missing, as in `what the caller presses or says`. */
  needs: string;
  because: string;
}

export interface Assumption {
  nodeId: string;
  because: string;
}

export interface Rerun {
  steps: readonly ReplayStep[];
  assumptions: readonly Assumption[];
  stop?: ReplayStop;
  /** What was asked when each of the call's events came. */
  questions: ReadonlyMap<number, FlowInstruction>;
  /** Places where the outcome was the ledger's, since what it depended on is not told. */
  opaque: ReadonlySet<string>;
  /** Whom it would have dialled or written to. */
  addresses: ReadonlySet<string>;
}

export interface RerunOptions {
  happenings: readonly Happening[];
  language: string;
  /** The version that the call went through, and how it was walked again; absent while that is done. */
  original?: { flow: CompiledFlow; rerun: Rerun };
  /** This is the version that the call went through: the ledger is right in everything. */
  isOriginal?: boolean;
}

export function rerun(flow: CompiledFlow, options: RerunOptions): Rerun {
  const run = new Run(flow, options);
  run.toTheEnd();
  return run.result();
}

type Choice =
  | { index: number; event: FlowEvent; assume?: string }
  | { event: FlowEvent; assume?: string }
  | { stop: Omit<ReplayStop, 'nodeId' | 'place'> }
  | 'gone';

class Run {
  readonly #flow: CompiledFlow;
  readonly #options: RerunOptions;
  readonly #steps: ReplayStep[] = [];
  readonly #assumptions: Assumption[] = [];
  readonly #questions = new Map<number, FlowInstruction>();
  readonly #opaque = new Set<string>();
  readonly #addresses = new Set<string>();
  #state: FlowState;
  #stop: ReplayStop | undefined;
  /** The call's event that was fed last. */
  #at = 0;
  #asked: FlowInstruction | undefined;
  /** Decisions of that event which the walk has passed, by place. */
  #passed = new Map<string, number>();

  constructor(flow: CompiledFlow, options: RerunOptions) {
    this.#flow = flow;
    this.#options = options;
    this.#state = initialFlowState(options.language);
  }

  toTheEnd(): void {
    const [first] = this.#options.happenings;
    if (!first) return;
    this.#feed(first.event);
    while (this.#state.phase === 'waiting' && !this.#stop) {
      const choice = this.#choose();
      if (choice === 'gone') return;
      if ('stop' in choice) return this.#halt(choice.stop);
      if (choice.assume !== undefined) this.#assume(choice.assume);
      if ('index' in choice) {
        this.#at = choice.index;
        if (this.#asked) this.#questions.set(choice.index, this.#asked);
      }
      this.#feed(choice.event);
    }
  }

  result(): Rerun {
    return {
      steps: this.#steps,
      assumptions: this.#assumptions,
      questions: this.#questions,
      opaque: this.#opaque,
      addresses: this.#addresses,
      ...(this.#stop && { stop: this.#stop }),
    };
  }

  #feed(event: FlowEvent): void {
    this.#passed = new Map();
    const step = advance(this.#flow, this.#state, event, (node, made, visit, walk) =>
      this.#judge(node, made, visit, walk),
    );
    this.#state = step.state;
    for (const address of step.instructions.flatMap(addressesOf)) this.#addresses.add(address);
    this.#asked = step.instructions.at(-1) ?? this.#asked;
    for (const [i, decision] of step.decisions.entries()) {
      if (decision.rule === 'ignored' || (this.#stop && decision.outcome === stopped.wait)) continue;
      const says = step.instructions.slice(step.givenBy[i - 1] ?? 0, step.givenBy[i]).flatMap(textsOf);
      this.#steps.push({ decision, place: placeOf(decision.subflow, decision.nodeId), says });
    }
  }

  /** The node's own step, or the ledger's where nobody can know better (d). */
  #judge(node: CompiledNode, made: NodeStep, visit: NodeVisit, walk: Walk): NodeStep {
    const place = placeOf(walk.state.subflow, visit.nodeId);
    const passed = this.#passed.get(place) ?? 0;
    const happening = this.#options.happenings[this.#at];
    const recorded = happening?.decisions.filter(
      (decision) => placeOf(decision.subflow, decision.nodeId) === place && !isGuard(decision),
    )[passed];
    this.#passed.set(place, passed + 1);
    const takesEvent = walk.decisions.length === 0 && happening?.event.type !== 'started';
    const isTold = takesEvent && happening?.isMasked === true;
    if (isTold) hideIn(node, visit);
    if (this.#options.isOriginal) {
      const right = recorded && fromLedger(recorded, made);
      if (right && !isSameJson(right, made)) this.#opaque.add(`${this.#at} ${place} ${passed}`);
      return right ?? made;
    }
    const { original } = this.#options;
    const isHidden =
      isTold ||
      (decides(node, made) && looksAtHidden(visit, walk)) ||
      original?.rerun.opaque.has(`${this.#at} ${place} ${passed}`) === true;
    if (!isHidden) return made;
    const old = original && nodeAt(original.flow, recorded?.subflow, visit.nodeId);
    const isUnchanged = recorded?.nodeType === node.type && (!original || (old && isSameNode(old, node)));
    if (isUnchanged && recorded) return fromLedger(recorded, made) ?? made;
    this.#halt(
      {
        kind: 'hidden-value',
        needs: 'a value that the ledger hides',
        because:
          isUnchanged === false ? 'the node is not what it was in the call' : 'the call did not come by here like this',
      },
      visit.nodeId,
    );
    return stopped;
  }

  /** Who answers the node that waits (a) (b) (c). */
  #choose(): Choice {
    const { happenings } = this.#options;
    const { nodeId = '', subflow } = this.#state;
    const here = placeOf(subflow, nodeId);
    const node = own(graphOf({ flow: this.#flow, state: this.#state }).nodes, nodeId);
    const asked = this.#asked;
    if (!node || !asked) return { stop: { kind: 'not-reproduced', needs: 'a node that waits', because: 'none does' } };
    const next = this.#at + 1;
    const following = happenings[next];
    if (following?.isStray && following.place === here)
      return { index: next, event: { ...following.event, visit: noStay } };
    const left = happenings
      .slice(next)
      .flatMap((happening, i) => (happening.isStray ? [] : [{ happening, index: next + i }]));
    const atHere = left.find(({ happening }) => happening.place === here);
    if (atHere) return this.#answerHere(atHere, node, asked);
    const elsewhere = left.find(({ happening, index }) => this.#isSameElsewhere(happening, index, node, asked));
    if (elsewhere) {
      const { happening, index } = elsewhere;
      return {
        index,
        event: happening.event,
        assume: `the answer is the one that "${happening.place}" got in the call`,
      };
    }
    const last = happenings.findLast(({ isStray }) => !isStray)?.decisions.at(-1);
    const endedHere = last?.rule === 'waits' && placeOf(last.subflow, last.nodeId) === here;
    if (left.length === 0 && endedHere) return 'gone';
    if (node.type === 'wait' && (asked.type === 'wait' || asked.type === 'pause')) return this.#timePasses(asked);
    return {
      stop: { kind: 'never-answered', needs: subjectOf(asked), because: this.#whyNot(left[0]?.happening, here) },
    };
  }

  #answerHere(
    { happening, index }: { happening: Happening; index: number },
    node: CompiledNode,
    asked: FlowInstruction,
  ): Choice {
    const { event, nodeType } = happening;
    if (event.type === 'hungUp') return { index, event };
    const was = this.#options.original?.rerun.questions.get(index);
    const other =
      nodeType === node.type
        ? was && otherQuestion(was, asked)
        : `it was a node of type "${nodeType}", and is "${node.type}"`;
    if (other !== undefined) return { stop: { kind: 'asks-otherwise', needs: subjectOf(asked), because: other } };
    const assume = (was && changedQuestion(was, asked)) ?? this.#changedTool(asked);
    return { index, event, ...(assume !== undefined && { assume }) };
  }

  #changedTool(asked: FlowInstruction): string | undefined {
    const { original } = this.#options;
    if (asked.type !== 'callTool' || !original) return undefined;
    const [was, now] = [original.flow, this.#flow].map(({ tools }) => JSON.stringify(own(tools, asked.toolId)));
    return was === now ? undefined : `the tool "${asked.toolId}" is not what it was; its answer is the one of the call`;
  }

  #isSameElsewhere(happening: Happening, index: number, node: CompiledNode, asked: FlowInstruction): boolean {
    const { original } = this.#options;
    const was = original?.rerun.questions.get(index);
    if (!original || !was || happening.event.type === 'hungUp' || happening.nodeType !== node.type) return false;
    if (isPortable(was)) return otherQuestion(was, asked) === undefined;
    const [decision] = happening.decisions;
    const old = decision && nodeAt(original.flow, decision.subflow, decision.nodeId);
    return old !== undefined && old.type !== 'wait' && isSameNode(old, node);
  }

  #timePasses(asked: FlowInstruction): Choice {
    const durationMs = asked.type === 'wait' ? asked.durationMs : asked.type === 'pause' ? asked.lengthMs : 0;
    const atMs = this.#state.atMs + durationMs;
    const endMs = this.#options.happenings.at(-1)?.event.atMs ?? 0;
    const assume = atMs > endMs ? 'the caller would have waited longer than the call lasted' : undefined;
    return { event: { type: 'done', atMs }, ...(assume !== undefined && { assume }) };
  }

  #whyNot(next: Happening | undefined, here: string): string {
    const wasAsked = this.#options.happenings.some(({ place }) => place === here);
    if (next?.event.type === 'hungUp') return `the caller hung up at "${next.place}"`;
    if (wasAsked) return 'the call was not asked again';
    return 'the call was never asked this';
  }

  #assume(because: string): void {
    this.#assumptions.push({ nodeId: this.#state.nodeId ?? '', because });
  }

  #halt(stop: Omit<ReplayStop, 'nodeId' | 'place'>, nodeId = this.#state.nodeId ?? ''): void {
    this.#stop ??= { nodeId, place: placeOf(this.#state.subflow, nodeId), ...stop };
  }
}

/** What a node does whose outcome nobody can tell; it is no step of the way. */
const stopped = { wait: 'stopped by the replay' };
/** No stay has this number: an event that names it belongs to nothing. */
const noStay = -1;
