import type { ModelRule, ToolCallScript } from '../scenarios/scenario.ts';
import type { DeclaredTool } from './check-setup.ts';
import { pausePiece, speakable } from './phrase-frames.ts';

/** One thing to send, so many milliseconds after the answer began. */
export type PlannedStep =
  | { readonly atMs: number; readonly kind: 'audio'; readonly data: string; readonly durationMs: number }
  | { readonly atMs: number; readonly kind: 'words'; readonly text: string }
  | { readonly atMs: number; readonly kind: 'generated' }
  /** The client has played all of it, by the server's reckoning. */
  | { readonly atMs: number; readonly kind: 'played' };

/** How much faster than real time speech is generated. */
const generationSpeed = 4;

/**
 * How an answer goes over the wire: audio in bursts ahead of time; its words apart from it, 60 to 400 ms after the
 * audio that holds them and so sometimes after the end of generation; the end of the turn when the audio has been
 * played in real time.
 */
function planReply(phraseIds: readonly string[], random: () => number): PlannedStep[] {
  const steps: PlannedStep[] = [];
  let audioMs = 0;
  let lastWordsMs = 0;
  for (const [n, id] of phraseIds.entries()) {
    const phrase = speakable(id);
    if (n > 0) {
      steps.push({ atMs: audioMs / generationSpeed, kind: 'audio', ...pausePiece });
      audioMs += pausePiece.durationMs;
    }
    const startMs = audioMs;
    for (const piece of phrase.pieces) {
      steps.push({ atMs: audioMs / generationSpeed, kind: 'audio', ...piece });
      audioMs += piece.durationMs;
    }
    for (const [w, word] of phrase.words.entries()) {
      const saidMs = (startMs + word.endMs) / generationSpeed;
      // Deltas keep their order among themselves.
      lastWordsMs = Math.max(lastWordsMs, saidMs + 60 + random() * 340);
      steps.push({ atMs: lastWordsMs, kind: 'words', text: w === 0 && n === 0 ? word.text : ` ${word.text}` });
    }
  }
  const generatedMs = audioMs / generationSpeed + 20;
  steps.push({ atMs: generatedMs, kind: 'generated' });
  steps.push({ atMs: Math.max(audioMs + 40, lastWordsMs + 20), kind: 'played' });
  return steps.toSorted((a, b) => a.atMs - b.atMs);
}

/** A step of a whole turn: what is said, and the function that is called. */
export type TurnStep =
  | PlannedStep
  | { readonly atMs: number; readonly kind: 'tool'; readonly call: ToolCallScript; readonly tool: DeclaredTool };

export interface PlannedTurn {
  readonly steps: TurnStep[];
  /** The scripted functions, where the session declared none of them. */
  readonly undeclared?: string;
}

/** Plans a rule's turn. A blocking call comes last and leaves the turn open. */
export function planTurn(rule: ModelRule, tools: readonly DeclaredTool[], random: () => number): PlannedTurn {
  const steps: TurnStep[] = rule.reply ? planReply(rule.reply, random) : [];
  if (!rule.toolCall) return { steps };
  const scripted = callsOf(rule.toolCall);
  const call = scripted.find((one) => tools.some((tool) => tool.name === one.name));
  const tool = tools.find((one) => one.name === call?.name);
  if (!call || !tool) return { steps, undeclared: scripted.map((one) => one.name).join(', ') };
  const generatedMs = steps.find((step) => step.kind === 'generated')?.atMs ?? 0;
  const calling: TurnStep = { atMs: generatedMs, kind: 'tool', call, tool };
  if (tool.blocking) {
    // The turn stays open, so all its words come before the call.
    const spoken = steps.filter((step) => step.kind === 'audio' || step.kind === 'words');
    return { steps: [...spoken.map((step) => ({ ...step, atMs: Math.min(step.atMs, generatedMs) })), calling] };
  }
  const end: TurnStep[] =
    steps.length > 0
      ? steps
      : [
          { atMs: 40, kind: 'generated' },
          { atMs: 60, kind: 'played' },
        ];
  return { steps: [...end, calling].toSorted((a, b) => a.atMs - b.atMs) };
}

function callsOf(calls: ToolCallScript | readonly ToolCallScript[]): readonly ToolCallScript[] {
  return 'name' in calls ? [calls] : calls;
}
