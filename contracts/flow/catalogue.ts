/** All types of nodes. A new one is its file, its test and its line here. */
import type { NodeSpec } from './node-spec.ts';
import { agentNode } from './nodes/agent.ts';
import { assistantNode } from './nodes/assistant.ts';
import { callbackNode } from './nodes/callback.ts';
import { collectNode } from './nodes/collect.ts';
import { conditionNode } from './nodes/condition.ts';
import { hangupNode } from './nodes/hangup.ts';
import { hoursNode } from './nodes/hours.ts';
import { httpNode } from './nodes/http.ts';
import { languageNode } from './nodes/language.ts';
import { menuNode } from './nodes/menu.ts';
import { notifyNode } from './nodes/notify.ts';
import { queueNode } from './nodes/queue.ts';
import { recordingNode } from './nodes/recording.ts';
import { returnNode } from './nodes/return.ts';
import { sayNode } from './nodes/say.ts';
import { setNode } from './nodes/set.ts';
import { smsNode } from './nodes/sms.ts';
import { splitNode } from './nodes/split.ts';
import { staffingNode } from './nodes/staffing.ts';
import { startNode } from './nodes/start.ts';
import { subflowNode } from './nodes/subflow.ts';
import { tagNode } from './nodes/tag.ts';
import { transferNode } from './nodes/transfer.ts';
import { voicemailNode } from './nodes/voicemail.ts';
import { waitNode } from './nodes/wait.ts';

export const catalogue = {
  start: startNode,
  say: sayNode,
  menu: menuNode,
  collect: collectNode,
  hours: hoursNode,
  condition: conditionNode,
  split: splitNode,
  set: setNode,
  http: httpNode,
  assistant: assistantNode,
  queue: queueNode,
  agent: agentNode,
  transfer: transferNode,
  callback: callbackNode,
  voicemail: voicemailNode,
  sms: smsNode,
  staffing: staffingNode,
  language: languageNode,
  recording: recordingNode,
  subflow: subflowNode,
  return: returnNode,
  tag: tagNode,
  notify: notifyNode,
  wait: waitNode,
  hangup: hangupNode,
} as const;

const specs: ReadonlyMap<string, NodeSpec> = new Map<string, NodeSpec>(Object.entries(catalogue));

/** All specs, in the order in which an admin reads of them. */
export const nodeSpecs: readonly NodeSpec[] = [...specs.values()];

export function specOf(type: string): NodeSpec | undefined {
  return specs.get(type);
}
