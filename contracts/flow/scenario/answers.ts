/** The answers to what a flow asks of its workflow and of the carrier, with the deadlines that the questions have. */
import type { DialTarget } from '../../instructions.ts';
import type { JsonObject } from '../../tools.ts';
import type { Question } from '../effects.ts';
import type { EventDetail } from '../state.ts';
import type { QueueAnswer } from './scenario-schema.ts';
import type { Turns } from './turns.ts';
import type { Happening } from './world.ts';

/** Of a conversation with whoever was reached. */
const defaultCallMs = 60_000;
const defaultRefusalMs = 3_000;
const defaultAnswerMs = 500;
const defaultPickUpMs = 5_000;

export function answerTransfer(turns: Turns, nodeId: string, to: DialTarget, ringTimeoutS: number): Happening {
  const answer = turns.take('transfers', nodeId, 'phoneNumber' in to ? to.phoneNumber : to.sipUri);
  if ('missing' in answer) return answer;
  const { outcome, afterS } = answer;
  const status = outcome === 'noAnswer' ? 'no-answer' : outcome;
  return happens({ type: 'dialEnded', status }, afterS, ringing(outcome, ringTimeoutS));
}

export function answerQuestion(turns: Turns, question: Question, elapsedMs: number): Happening {
  const { nodeId } = question;
  switch (question.type) {
    case 'callTool':
      return answerTool(turns, question);
    case 'sendSms': {
      if (!turns.has('sms', nodeId, question.to))
        return happens({ type: 'smsEnded', status: 'sent' }, undefined, defaultAnswerMs);
      const answer = turns.take('sms', nodeId, question.to);
      return 'missing' in answer
        ? answer
        : happens({ type: 'smsEnded', status: answer.outcome }, answer.afterS, defaultAnswerMs);
    }
    case 'enqueue': {
      const answer = turns.take('queues', nodeId, question.queueId);
      return 'missing' in answer ? answer : queueEnds(answer, question.maxWaitS * 1000, elapsedMs);
    }
    case 'ringAgent': {
      const answer = turns.take('agents', nodeId, question.agentId);
      if ('missing' in answer) return answer;
      const { outcome, afterS } = answer;
      return happens({ type: 'agentEnded', outcome }, afterS, ringing(outcome, question.ringTimeoutS));
    }
    case 'warmTransfer':
      return answerTransfer(turns, nodeId, question.to, question.ringTimeoutS);
    case 'planCallback': {
      const answer = turns.take('callbacks', nodeId, question.phoneNumber, question.queueId ?? nodeId);
      return 'missing' in answer
        ? answer
        : happens({ type: 'callbackPlanned', outcome: answer.outcome }, answer.afterS, defaultAnswerMs);
    }
    case 'askStaffing':
      return answerStaffing(turns, nodeId, question.queueId, elapsedMs);
  }
}

function answerTool(turns: Turns, { nodeId, toolId, timeoutMs }: Extract<Question, { type: 'callTool' }>): Happening {
  const answer = turns.take('tools', nodeId, toolId);
  if ('missing' in answer) return answer;
  const { status = 'ok', httpStatus, data, afterS } = answer;
  const afterMs = afterS === undefined ? (status === 'timeout' ? timeoutMs : defaultAnswerMs) : afterS * 1000;
  // Whoever comes too late has not come.
  if (status === 'timeout' || afterMs >= timeoutMs)
    return { event: { type: 'toolAnswered', status: 'timeout' }, afterMs: Math.min(afterMs, timeoutMs) };
  return {
    event: {
      type: 'toolAnswered',
      status,
      ...(httpStatus !== undefined && { httpStatus }),
      ...(data !== undefined && { data }),
    },
    afterMs,
  };
}

/** A queue tells how the wait ends, or it follows from who is there: whoever came first is served first. */
function queueEnds(answer: QueueAnswer, maxWaitMs: number, elapsedMs: number): Happening {
  const { outcome, afterS, agents = [], waiting = 0, capacity, estimatedWaitS, facts } = answer;
  const tells = (ending: string, waitedMs: number): Happening => {
    const known: JsonObject = {
      waiting,
      agentsReady: agents.filter(({ busyS }) => busyS * 1000 <= elapsedMs).length,
      ...(estimatedWaitS !== undefined && { estimatedWaitS }),
      waitedS: Math.round(waitedMs / 1000),
      ...facts,
    };
    return { event: { type: 'queueEnded', outcome: ending, facts: known }, afterMs: waitedMs };
  };
  if (outcome !== undefined) {
    const waitedMs = afterS === undefined ? (outcome === 'timeout' ? maxWaitMs : defaultPickUpMs) : afterS * 1000;
    return waitedMs > maxWaitMs
      ? tells('timeout', maxWaitMs)
      : tells(outcome, isRefusal(outcome) ? (afterS ?? 0) * 1000 : waitedMs);
  }
  if (agents.length === 0) return tells('unstaffed', 0);
  if (capacity !== undefined && waiting >= capacity) return tells('full', 0);
  const freeAtMs = agents.map(({ busyS }) => busyS * 1000).toSorted((a, b) => a - b)[waiting];
  const waitedMs = freeAtMs === undefined ? Infinity : Math.max(freeAtMs - elapsedMs, 0);
  return waitedMs > maxWaitMs ? tells('timeout', maxWaitMs) : tells('served', waitedMs);
}

function isRefusal(outcome: string): boolean {
  return outcome === 'full' || outcome === 'unstaffed';
}

/** As the scenario says it of the node or the queue; else it follows from the queue's own answer. */
function answerStaffing(turns: Turns, nodeId: string, queueId: string, elapsedMs: number): Happening {
  if (turns.has('staffing', nodeId, queueId)) {
    const answer = turns.take('staffing', nodeId, queueId);
    if ('missing' in answer) return answer;
    const { agentsReady, waiting, estimatedWaitS, afterS } = answer;
    return happens({ type: 'staffing', agentsReady, waiting, estimatedWaitS }, afterS, 0);
  }
  const state = turns.peek('queues', queueId);
  if (!state?.agents)
    return {
      missing: `the scenario does not say how the queue is staffed: answers.staffing lacks "${nodeId}" or "${queueId}", and answers.queues has no agents for "${queueId}"`,
    };
  const { agents, waiting = 0, estimatedWaitS } = state;
  const busyMs = agents.map(({ busyS }) => Math.max(busyS * 1000 - elapsedMs, 0)).toSorted((a, b) => a - b);
  const event: EventDetail = {
    type: 'staffing',
    agentsReady: busyMs.filter((ms) => ms === 0).length,
    waiting,
    estimatedWaitS: estimatedWaitS ?? Math.round((busyMs[waiting] ?? busyMs.at(-1) ?? 0) / 1000),
  };
  return { event, afterMs: 0 };
}

function happens(event: EventDetail, afterS: number | undefined, usualMs: number): Happening {
  return { event, afterMs: afterS === undefined ? usualMs : afterS * 1000 };
}

function ringing(outcome: string, ringTimeoutS: number): number {
  if (outcome === 'completed' || outcome === 'served') return defaultCallMs;
  return outcome === 'noAnswer' ? ringTimeoutS * 1000 : defaultRefusalMs;
}
