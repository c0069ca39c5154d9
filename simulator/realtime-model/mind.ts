import type { ModelRule, ModelScript, RuleTrigger } from '../scenarios/scenario.ts';
import { valueAt } from './json.ts';

/** How a session stands that is asked to speak for the first time; `replaced`: it has just got new instructions. */
export type AsksToSpeak = 'start' | 'seeded' | 'resumed' | 'replaced';

/** What happened to the model. */
export type MindEvent =
  | { readonly kind: 'heard'; readonly phraseIds: readonly string[] }
  | { readonly kind: 'notUnderstood' }
  /** The client wrote something; `asksToSpeak` is there in the first such message of a connection or instruction. */
  | { readonly kind: 'text'; readonly text: string; readonly asksToSpeak: AsksToSpeak | undefined }
  | { readonly kind: 'toolResult'; readonly name: string; readonly response: unknown };

/** What else a rule may look at. */
export interface MindView {
  readonly instruction: string;
  /** What was said before, by either side. */
  readonly known: string;
}

/** How often each rule has won, by its index. Plain data: it goes into resumption handles. */
export type MindState = readonly number[];

export interface MindDecision {
  readonly rule: ModelRule | undefined;
  readonly state: MindState;
}

/** The first rule that fits the event; of several phrases heard at once the last that has a rule counts. */
export function decide(script: ModelScript, state: MindState, event: MindEvent, view: MindView): MindDecision {
  for (const attempt of attemptsOf(event)) {
    const index = script.rules.findIndex(
      (rule, n) => (state[n] ?? 0) < (rule.times ?? Infinity) && fits(rule.on, attempt, view),
    );
    const rule = script.rules[index];
    if (rule) return { rule, state: script.rules.map((_, n) => (state[n] ?? 0) + (n === index ? 1 : 0)) };
  }
  return { rule: undefined, state };
}

function attemptsOf(event: MindEvent): MindEvent[] {
  if (event.kind === 'heard') {
    const single = event.phraseIds.toReversed().map((id): MindEvent => ({ kind: 'heard', phraseIds: [id] }));
    return [...single, { kind: 'notUnderstood' }];
  }
  // Words that a rule names come before the general wish to begin.
  if (event.kind === 'text' && event.asksToSpeak) return [{ ...event, asksToSpeak: undefined }, event];
  return [event];
}

function fits(on: RuleTrigger, event: MindEvent, { instruction, known }: MindView): boolean {
  if ('instruction' in on && on.instruction !== undefined && !new RegExp(on.instruction, 'iu').test(instruction)) {
    return false;
  }
  if ('knows' in on && on.knows !== undefined && !new RegExp(on.knows, 'iu').test(known)) return false;
  switch (event.kind) {
    case 'heard':
      return 'heard' in on && [on.heard].flat().some((id) => event.phraseIds.includes(id));
    case 'notUnderstood':
      return 'notUnderstood' in on;
    case 'toolResult':
      return (
        'toolResult' in on &&
        on.toolResult === event.name &&
        (!on.when || valueAt(event.response, ...on.when.path.split('.')) === on.when.equals)
      );
    case 'text':
      if (event.asksToSpeak === undefined) return 'text' in on && new RegExp(on.text, 'iu').test(event.text);
      return event.asksToSpeak in on || ('start' in on && event.asksToSpeak === 'replaced');
  }
}
