import type { CoreState } from './call-state.ts';

/** Where a call stands and which nodes it came through, in Markdown for operators; no word of it comes from the caller. */
export function describeCall(state: CoreState): string {
  return [standing(state), ...walkedLines(state)].join('\n');
}

function walkedLines({ walked, admittedAtMs = 0 }: CoreState): string[] {
  if (walked.length === 0) return [];
  const lines = walked.map(({ nodeId, nodeType, outcome, atMs, subflow }) => {
    const at = ((atMs - admittedAtMs) / 1_000).toFixed(1);
    return `- ${at} s: \`${nodeId}\` (${nodeType}${subflow === undefined ? '' : ` of \`${subflow}\``}): ${outcome}`;
  });
  return ['', ...lines];
}

function standing({
  phase,
  epoch,
  visit,
  answer,
  outcome,
  failure,
  carrierEnd,
  flow,
  question,
  tools,
}: CoreState): string {
  const after = answer ? ` after answer ${answer.number}` : '';
  const toolWords = tools.length > 0 ? ` Tools finished: ${tools.length}.` : '';
  switch (phase) {
    case 'new':
      return 'Waits for its admission.';
    case 'dialling':
      return 'The carrier is dialling.';
    case 'streaming':
      return `Assistant node \`${visit?.nodeId}\`, epoch ${epoch}, gateway \`${visit?.gateway.gatewayId}\`, ${streamWords(visit)}.${toolWords}`;
    case 'admitted':
    case 'carrier':
      if (question) return `Node \`${question.asked.nodeId}\` waits for ${question.asked.type}${after}.${toolWords}`;
      return `The carrier carries out${after ? after.replace(' after', '') : ' nothing'}${flow.nodeId ? ` at node \`${flow.nodeId}\`` : ''}.${toolWords}`;
    case 'degraded':
      return `On the number's degraded plan${after}.${toolWords}`;
    case 'adopted':
      return 'Goes on without this workflow, which records and bills it.';
    case 'ended':
      return `Over: ${outcome ?? 'unknown'}${failureWords(failure)}, the carrier says ${carrierEnd?.status ?? 'nothing'}.${toolWords}`;
  }
}

function streamWords(visit: CoreState['visit']): string {
  if (visit?.stopped) return `left with \`${visit.stopped.outcome}\``;
  if (visit?.stream)
    return `streaming${visit.deathsAtMs.length > 0 ? ` again after ${visit.deathsAtMs.length} deaths` : ''}`;
  return 'not yet connected';
}

function failureWords(failure: CoreState['failure']): string {
  if (!failure) return '';
  const { reason, carrierCode, sipCode } = failure;
  const code = carrierCode === undefined ? sipCode && `, SIP ${sipCode}` : `, carrier error ${carrierCode}`;
  return ` (\`${reason}\`${code ?? ''})`;
}
