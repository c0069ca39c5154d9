/** Who calls, as far as a tool of the tenant's can say in time: asked before the flow begins. */
import { condition } from '@temporalio/workflow';
import { contactArguments, contactOf } from '../../contracts/contact-tool.ts';
import { contactDeclarations } from '../../contracts/flow/contact-facts.ts';
import { isObject } from '../../contracts/flow/bounds.ts';
import type { CallInput } from '../../contracts/messages.ts';
import type { JsonObject, ToolCallInput } from '../../contracts/tools.ts';
import { started } from './flow-step.ts';
import { runToolChild } from './tool-child.ts';

/** A caller still hears the ringing meanwhile; with what else an admission takes it stays below the carrier's patience. */
const contactPatienceMs = 1_300;

/** What the flow is told of the contact when it begins. */
export type Contact = { contact: JsonObject } | { contactMissing: string };

/**
 * Asks once, whenever it is first wanted: as soon as we dial, or when a caller is admitted. `inTime` waits for the answer
 * for as long as a caller may wait, or until `isOver`; undefined where no tool was to be asked.
 */
export function createContactLookup(call: CallInput) {
  let known: Contact | undefined;
  let asked: Promise<void> | undefined;
  const ask = (): void => {
    asked ??= lookUp(call).then((contact) => {
      known = contact;
    });
  };
  return {
    ask: (): void => {
      if (call.contactTool) ask();
    },
    inTime: async (isOver: () => boolean): Promise<Contact | undefined> => {
      if (!call.contactTool) return undefined;
      ask();
      await condition(() => known !== undefined || isOver(), contactPatienceMs);
      return known ?? { contactMissing: 'the tool did not answer in time' };
    },
  };
}

async function lookUp(call: CallInput): Promise<Contact> {
  const { tenantId, callId, flow, allowedPrivateHosts, contactTool } = call;
  if (!contactTool) return { contactMissing: 'there is no tool for it' };
  const { tool } = contactTool;
  const functionCallId = 'contact';
  const { call: ours = {}, caller = {} } = started(call, Date.now());
  const args = contactArguments(contactTool, { call: ours, caller });
  const hides = Object.values(contactDeclarations(flow.compiled)).some(({ sensitive }) => sensitive);
  const hidden = { arguments: Object.keys(args), answer: hides };
  const input: ToolCallInput = { tenantId, callId, functionCallId, tool, args, allowedPrivateHosts, epoch: 0, hidden };
  try {
    const { status, data } = await runToolChild(input);
    if (status !== 'ok') return { contactMissing: `the tool's answer: ${status}` };
    return isObject(data) ? { contact: contactOf(contactTool, data) } : { contactMissing: 'its answer is no object' };
  } catch {
    return { contactMissing: 'the tool could not be asked' };
  }
}
