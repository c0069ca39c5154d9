/** What a node that waits wants to know, set against what a call was asked. */
import type { DialTarget, Spoken } from '../../instructions.ts';
import type { FlowInstruction } from '../state.ts';
import { targetOf } from './hide-numbers.ts';
import { isSameJson } from './same-json.ts';

/** Why an answer to one question says nothing about another; undefined where it is the same question. */
export function otherQuestion(was: FlowInstruction, now: FlowInstruction): string | undefined {
  if (was.type !== now.type) return `it asks for ${subjectOf(now)}, and the call was asked for ${subjectOf(was)}`;
  if (was.type === 'callTool' && now.type === 'callTool') {
    if (was.toolId !== now.toolId) return `it asks the tool "${now.toolId}", and the call asked "${was.toolId}"`;
    const names = [...new Set([...Object.keys(was.args), ...Object.keys(now.args)])];
    const other = names.filter((name) => !isSameJson(was.args[name], now.args[name]));
    return other.length === 0 ? undefined : `it asks the tool "${now.toolId}" with another ${other.join(', ')}`;
  }
  if (was.type === 'sendSms' && now.type === 'sendSms')
    return was.to === now.to ? undefined : 'the message goes to another number';
  if (was.type === 'assistant' && now.type === 'assistant' && was.assistantId !== now.assistantId)
    return `the assistant "${now.assistantId}" talks, and in the call it was "${was.assistantId}"`;
  if (was.type === 'dial' && now.type === 'dial') return otherTarget(was.to, now.to);
  if (was.type === 'warmTransfer' && now.type === 'warmTransfer') return otherTarget(was.to, now.to);
  if (was.type === 'ringAgent' && now.type === 'ringAgent' && was.agentId !== now.agentId)
    return `it rings "${now.agentId}", and the call rang "${was.agentId}"`;
  const [before, after] = [queueOf(was), queueOf(now)];
  return before === after ? undefined : `it asks the queue "${after}", and the call asked "${before}"`;
}

/** What is different about a question that is still the same one; undefined where nothing is. */
export function changedQuestion(was: FlowInstruction, now: FlowInstruction): string | undefined {
  if (was.type === 'gather' && now.type === 'gather')
    return isSameJson(was.prompts, now.prompts) ? undefined : 'the caller would hear other words before answering';
  if (was.type === 'dial' && now.type === 'dial' && was.timeoutS !== now.timeoutS)
    return `it would ring for ${now.timeoutS} s instead of ${was.timeoutS} s`;
  if (was.type === 'sendSms' && now.type === 'sendSms' && was.text !== now.text) return 'the message reads otherwise';
  if (was.type === 'assistant' && now.type === 'assistant' && !isSameJson(was, now))
    return 'the assistant would be told other things';
  return undefined;
}

/** Whether the answer comes from elsewhere and not from what this caller was told in this place. */
export function isPortable({ type }: FlowInstruction): boolean {
  return type !== 'gather' && type !== 'wait' && type !== 'pause';
}

/** What an answer to it would tell, in words. */
export function subjectOf(asked: FlowInstruction): string {
  switch (asked.type) {
    case 'gather':
      return 'what the caller presses or says';
    case 'voicemail':
      return "the caller's message";
    case 'assistant':
      return `how the assistant "${asked.assistantId}" leaves`;
    case 'dial':
    case 'warmTransfer':
      return `what becomes of dialling ${targetOf(asked.to)}`;
    case 'callTool':
      return `what the tool "${asked.toolId}" answers`;
    case 'sendSms':
      return 'whether the message is sent';
    case 'enqueue':
      return `how the wait in the queue "${asked.queueId}" ends`;
    case 'ringAgent':
      return `whether "${asked.agentId}" answers`;
    case 'planCallback':
      return 'whether the callback is arranged';
    case 'askStaffing':
      return `how the queue "${asked.queueId}" is staffed`;
    default:
      return 'time to pass';
  }
}

/** What a caller or a called person hears, or reads, of it. */
export function textsOf(instruction: FlowInstruction): string[] {
  switch (instruction.type) {
    case 'say':
    case 'play':
      return [spokenText(instruction)];
    case 'gather':
    case 'voicemail':
      return instruction.prompts.map(spokenText);
    case 'hangUp':
      return instruction.lastWords ? [instruction.lastWords.text] : [];
    case 'sendSms':
    case 'notify':
      return [instruction.text];
    case 'warmTransfer':
      return [instruction.briefing.text];
    default:
      return [];
  }
}

function spokenText(spoken: Spoken): string {
  return spoken.type === 'say' ? spoken.speech.text : `(${spoken.audio.promptId})`;
}

function otherTarget(was: DialTarget, now: DialTarget): string | undefined {
  const [before, after] = [targetOf(was), targetOf(now)];
  return before === after ? undefined : `it dials ${after}, and the call dialled ${before}`;
}

function queueOf(asked: FlowInstruction): string | undefined {
  return 'queueId' in asked ? asked.queueId : undefined;
}
