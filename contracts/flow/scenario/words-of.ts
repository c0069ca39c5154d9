import type { FlowInstruction } from '../state.ts';
import type { Heard } from './call-run.ts';

/** What the caller hears of an instruction, without music. */
export function wordsOf(instruction: FlowInstruction): Omit<Heard, 'node'>[] {
  switch (instruction.type) {
    case 'say':
      return [{ text: instruction.speech.text }];
    case 'play':
      return [{ text: '', promptId: instruction.audio.promptId }];
    case 'gather':
    case 'voicemail':
      return instruction.prompts.flatMap(wordsOf);
    case 'hangUp':
      return instruction.lastWords ? [{ text: instruction.lastWords.text }] : [];
    default:
      return [];
  }
}
