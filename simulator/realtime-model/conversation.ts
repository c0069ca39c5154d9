import type { ModelRule, ModelScript } from '../scenarios/scenario.ts';
import type { DeclaredTool } from './check-setup.ts';
import type { ToolAnswer } from './client-messages.ts';
import { createFunctionCalls } from './function-calls.ts';
import { decide, type MindEvent, type MindState } from './mind.ts';
import type { ModelTrapName, TrapSet } from './model-traps.ts';
import { planTurn, type TurnStep } from './reply-plan.ts';

/*
 * The model's side of a conversation: it thinks, speaks, calls functions, and stops when it is interrupted.
 *
 * Phases: listening -> thinking -> speaking -> listening; speaking -> waiting (for a blocking function) -> thinking.
 *
 * Invariants:
 * 1. Every turn that has said anything ends with exactly one `turnComplete`; one that was interrupted has no
 *    `generationComplete`.
 * 2. What was planned for an interrupted turn is never sent, its transcription included.
 * 3. A blocking call holds its turn open: nothing is said until its answer comes or it is cancelled.
 * 4. Time comes in from outside; nothing here reads a clock.
 */

/** What leaves the conversation; the session puts it on the wire. */
export interface ConversationOutput {
  audio(data: string, durationMs: number): void;
  words(text: string): void;
  interrupted(): void;
  generationComplete(): void;
  /** `spokenMs` of audio were sent in the turn; `reason` where it ended otherwise than it should. */
  turnComplete(spokenMs: number, reason?: string): void;
  toolCall(calls: readonly { id: string | undefined; name: string; args: Readonly<Record<string, unknown>> }[]): void;
  toolCallCancellation(ids: readonly string[]): void;
  /** The model starts to generate. */
  generating(): void;
  fault(text: string): void;
  /** Mid-answer, for traps of the connection: true when the answer must go no further. */
  disturbed(spokenMs: number, replies: number): boolean;
  sprung(trap: string): void;
}

export interface ConversationOptions {
  readonly script: ModelScript;
  readonly mind: MindState;
  readonly tools: readonly DeclaredTool[];
  readonly instruction: string;
  /** What was said before, by either side. */
  readonly known: () => string;
  readonly interruptible: boolean;
  readonly traps: TrapSet;
  readonly random: () => number;
  readonly newId: () => string;
  readonly output: ConversationOutput;
}

type Phase =
  | { readonly kind: 'listening' }
  | {
      readonly kind: 'thinking';
      readonly dueMs: number;
      readonly rule: ModelRule | undefined;
      readonly heard: readonly string[];
    }
  | {
      readonly kind: 'speaking';
      readonly startedMs: number;
      readonly steps: TurnStep[];
      next: number;
      readonly rule: ModelRule;
    }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'frozen' };

const thinkingMs = 300;

export interface Conversation {
  readonly mind: MindState;
  readonly pendingCalls: number;
  /** When something is due next; Infinity when nothing is. */
  readonly nextDueMs: number;
  tick(atMs: number): void;
  happened(event: MindEvent, atMs: number): void;
  answered(answer: ToolAnswer, atMs: number): void;
  /** The caller has begun to speak, or the client sent a turn that interrupts. */
  interrupt(atMs: number): void;
  replace(change: { instruction: string | undefined; tools: readonly DeclaredTool[] | undefined }): void;
}

export function createConversation(options: ConversationOptions): Conversation {
  const { script, output, traps, random, newId } = options;
  let { mind, tools, instruction } = options;
  let phase: Phase = { kind: 'listening' };
  let spokenMs = 0;
  /** When the client will have played everything that was sent to it. */
  let playedAtMs = 0;
  let turnOpen = false;
  let replies = 0;
  const waitingEvents: MindEvent[] = [];
  let stalled: ModelRule | undefined;
  /** Functions that an update took away, and what waits for one of them that was called all the same. */
  let takenAway: readonly DeclaredTool[] = [];
  let behindCall: { readonly name: string; readonly rule: ModelRule } | undefined;
  const functions = createFunctionCalls({ output, traps, newId });

  const think = (rule: ModelRule | undefined, heard: readonly string[], atMs: number): void => {
    phase = { kind: 'thinking', dueMs: atMs + (rule?.delayMs ?? thinkingMs), rule, heard };
  };

  const endTurn = (reason?: string): void => {
    if (turnOpen) output.turnComplete(spokenMs, reason);
    turnOpen = false;
    spokenMs = 0;
    playedAtMs = 0;
    phase = { kind: 'listening' };
  };

  const choose = (event: MindEvent, atMs: number): void => {
    if (event.kind === 'toolResult' && behindCall?.name === event.name) {
      think(behindCall.rule, [], atMs);
      behindCall = undefined;
      return;
    }
    const decision = decide(script, mind, event, { instruction, known: options.known() });
    mind = decision.state;
    const heard = event.kind === 'heard' ? event.phraseIds : [];
    if (!decision.rule) {
      output.fault(`no rule for ${JSON.stringify(event)}`);
      if (event.kind === 'text' || turnOpen) think(undefined, heard, atMs);
      return;
    }
    const stall = stallAt(event);
    if (stall && traps.take(stall)) {
      output.sprung(stall);
      stalled = decision.rule;
      return;
    }
    think(decision.rule, heard, atMs);
  };

  const begin = (rule: ModelRule | undefined, atMs: number): void => {
    if (!rule || traps.take('empty-turn')) {
      if (rule) output.sprung('empty-turn');
      turnOpen = true;
      endTurn();
      takeWaiting(atMs);
      return;
    }
    if (!turnOpen) output.generating();
    turnOpen = true;
    const [gone] = takenAway;
    if (gone && traps.take('function-taken-away')) {
      output.sprung('function-taken-away');
      behindCall = { name: gone.name, rule };
      functions.call({ name: gone.name, args: {} }, gone, atMs);
      phase = { kind: 'waiting' };
      return;
    }
    replies += 1;
    const planned = planTurn(rule, tools, random);
    if (planned.undeclared) output.fault(`none of these functions was declared: ${planned.undeclared}`);
    phase = { kind: 'speaking', startedMs: atMs, steps: planned.steps, next: 0, rule };
    speak(atMs);
  };

  const speak = (atMs: number): void => {
    while (phase.kind === 'speaking') {
      const step: TurnStep | undefined = phase.steps[phase.next];
      if (step && phase.startedMs + step.atMs > atMs) return;
      if (!step) {
        finishSteps(atMs);
        return;
      }
      phase.next += 1;
      perform(step, atMs);
    }
  };

  const perform = (step: TurnStep, atMs: number): void => {
    if (step.kind === 'audio') {
      if (output.disturbed(spokenMs, replies)) {
        phase = { kind: 'frozen' };
        return;
      }
      if (replies > 1 && spokenMs >= 800 && traps.take('phantom-interrupted')) {
        output.sprung('phantom-interrupted');
        if (phase.kind === 'speaking') stalled = phase.rule;
        output.interrupted();
        endTurn();
        return;
      }
      spokenMs += step.durationMs;
      playedAtMs = Math.max(playedAtMs, atMs) + step.durationMs;
      output.audio(step.data, step.durationMs);
    } else if (step.kind === 'words') {
      output.words(step.text);
    } else if (step.kind === 'generated') {
      output.generationComplete();
    } else if (step.kind === 'tool' && traps.take('malformed-function-call')) {
      output.sprung('malformed-function-call');
      if (phase.kind === 'speaking') stalled = { on: phase.rule.on, toolCall: step.call };
      endTurn('MALFORMED_FUNCTION_CALL');
    } else if (step.kind === 'tool') {
      functions.call(step.call, step.tool, atMs);
    } else if (phase.kind === 'speaking' && playedAtMs > atMs) {
      phase.steps.push({ ...step, atMs: playedAtMs - phase.startedMs });
    } else {
      endTurn();
      takeWaiting(atMs);
    }
  };

  const finishSteps = (atMs: number): void => {
    if (functions.blocking) {
      phase = { kind: 'waiting' };
      return;
    }
    endTurn();
    takeWaiting(atMs);
  };

  /** What was said while nobody listened comes next. */
  const takeWaiting = (atMs: number): void => {
    const event = waitingEvents.shift();
    if (event && phase.kind === 'listening') choose(event, atMs);
  };

  return {
    get mind() {
      return mind;
    },
    get pendingCalls() {
      return functions.count;
    },
    get nextDueMs() {
      const soonest = functions.nextDueMs;
      if (phase.kind === 'thinking') return Math.min(soonest, phase.dueMs);
      if (phase.kind !== 'speaking') return soonest;
      return Math.min(soonest, phase.startedMs + (phase.steps[phase.next]?.atMs ?? 0));
    },

    tick(atMs) {
      functions.tick(atMs);
      if (phase.kind === 'thinking' && phase.dueMs <= atMs) begin(phase.rule, atMs);
      else speak(atMs);
    },

    happened(event, atMs) {
      if (traps.lasts('model-mute')) return output.sprung('model-mute');
      if (phase.kind === 'frozen') return undefined;
      if (event.kind === 'text' && stalled) {
        think(stalled, [], atMs);
        stalled = undefined;
        return;
      }
      if (phase.kind === 'speaking' || phase.kind === 'waiting') {
        waitingEvents.push(event);
        return;
      }
      // Two utterances before the model could answer are one question.
      const before = phase.kind === 'thinking' ? phase.heard : [];
      choose(event.kind === 'heard' ? { ...event, phraseIds: [...before, ...event.phraseIds] } : event, atMs);
    },

    answered(answer, atMs) {
      const call = phase.kind === 'frozen' ? undefined : functions.take(answer, atMs);
      if (!call) return;
      if (!call.blocking && answer.scheduling === 'SILENT') return;
      const event: MindEvent = { kind: 'toolResult', name: answer.name, response: answer.response };
      if (phase.kind === 'speaking' && call.blocking) phase = { kind: 'waiting' };
      if (phase.kind === 'speaking' && answer.scheduling === 'INTERRUPT') {
        output.interrupted();
        endTurn();
      }
      if (phase.kind === 'speaking' || phase.kind === 'thinking') waitingEvents.push(event);
      else choose(event, atMs);
    },

    interrupt(atMs) {
      if (!options.interruptible || phase.kind === 'listening' || phase.kind === 'frozen' || phase.kind === 'thinking')
        return;
      output.interrupted();
      if (traps.take('interrupted-wedge')) {
        output.sprung('interrupted-wedge');
        phase = { kind: 'frozen' };
        return;
      }
      functions.cancelBlocking();
      endTurn();
      takeWaiting(atMs);
    },

    replace(change) {
      instruction = change.instruction ?? instruction;
      if (!change.tools) return;
      const { tools: next } = change;
      takenAway = tools.filter(({ name }) => next.every((tool) => tool.name !== name));
      tools = next;
    },
  };
}

/** The trap by which nothing is said about the event until the model is spoken to again. */
function stallAt(event: MindEvent): ModelTrapName | undefined {
  if (event.kind === 'toolResult') return 'silent-after-tool';
  if (event.kind === 'text') return event.asksToSpeak === 'start' ? 'silent-greeting' : undefined;
  return 'silent-stall';
}
