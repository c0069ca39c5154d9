import type { DegradedPlan, DegradedStep } from '../contracts/degraded-plan.ts';
import type { DialInstruction, Speech } from '../contracts/instructions.ts';
import { createTwimlDocument, type TwimlDocument } from './twiml-document.ts';

/** The carrier's limit for a document sent by REST. */
export const maxInlineCharacters = 4000;

export interface DegradedContext {
  /** Our number in the call: whoever is dialled sees it. Some networks refuse a call that shows an anonymous caller's. */
  ownNumber?: string | undefined;
  /** Where the carrier asks when the waiting step at this index of the plan is over. */
  after: (step: number, kind: 'dial' | 'voicemail') => string;
  recording: string;
}

/**
 * The plan from step `from` up to and including the first step that waits, as a document of its own. What follows a
 * waiting step is asked for by its callback; a plan that is used up hangs up.
 */
export function degradedTwiml(plan: DegradedPlan, from: number, context: DegradedContext): string {
  const document = createTwimlDocument();
  addDegradedSteps(document, plan, from, context);
  return document.toString();
}

/** As `degradedTwiml`, at the end of a document that has begun. */
export function addDegradedSteps(
  document: TwimlDocument,
  plan: DegradedPlan,
  from: number,
  { ownNumber, after, recording }: DegradedContext,
): void {
  for (const [index, step] of plan.steps.entries()) {
    if (index < from) continue;
    if (step.type === 'say') {
      document.say(speechOf(plan, step.text));
      continue;
    }
    if (step.type === 'dial') {
      addDial(document, { ...dialOf(step), callerId: ownNumber }, { action: after(index, 'dial') });
      return;
    }
    document.say(speechOf(plan, step.prompt));
    addVoicemail(document, step, after(index, 'voicemail'), recording);
    return;
  }
  document.add('Hangup');
}

/** `leg` is told how a phone number's leg has ended. */
export function addDial(
  document: TwimlDocument,
  { to, timeoutS, callerId }: Pick<DialInstruction, 'to' | 'timeoutS'> & { callerId?: string | undefined },
  { action, leg }: { action?: string; leg?: string } = {},
): void {
  const attributes = action === undefined ? {} : { action, method: 'POST' };
  const dial = document.add('Dial', { ...attributes, timeout: timeoutS, callerId });
  // Of a SIP leg the end of the dialling tells how it was answered, of any other only the leg's own end.
  const told = leg === undefined ? {} : { statusCallback: leg, statusCallbackMethod: 'POST' };
  if ('phoneNumber' in to) dial.add('Number', told, to.phoneNumber);
  else dial.add('Sip', {}, to.sipUri);
}

function dialOf({ phoneNumber, timeoutS }: Extract<DegradedStep, { type: 'dial' }>) {
  return { to: { phoneNumber }, timeoutS };
}

/** A recording without sound falls through to the next verb, which asks as the recording would have done. */
export function addVoicemail(
  document: TwimlDocument,
  { maxLengthS, finishOnKey }: { maxLengthS: number; finishOnKey?: string },
  action: string,
  recordingUrl: string,
): void {
  const callback = { recordingStatusCallback: recordingUrl, recordingStatusCallbackMethod: 'POST' };
  const limits = { maxLength: maxLengthS, timeout: 5, finishOnKey, playBeep: true };
  document.add('Record', { action, method: 'POST', ...limits, ...callback });
  document.add('Redirect', { method: 'POST' }, action);
}

/**
 * That part of a plan which needs no process of ours, at most 4,000 characters: what is said and who is dialled; a
 * voicemail is its apology. No verb of ours can follow an answered call here: where the callee hangs up first, the
 * caller hears the rest of the plan. Texts are shortened at a word where the document would grow too long.
 */
export function inlineDegradedTwiml(plan: DegradedPlan): string {
  for (let maxText = maxInlineCharacters; maxText > 0; maxText -= 100) {
    const document = renderInline(plan, plan.steps, maxText);
    if (document.length <= maxInlineCharacters) return document;
  }
  for (let count = plan.steps.length; count > 0; count -= 1) {
    const document = renderInline(plan, plan.steps.slice(0, count), 100);
    if (document.length <= maxInlineCharacters) return document;
  }
  return renderInline(plan, [], 0);
}

function renderInline(plan: DegradedPlan, steps: readonly DegradedStep[], maxText: number): string {
  const document = createTwimlDocument();
  for (const step of steps) {
    if (step.type === 'dial') addDial(document, dialOf(step));
    else document.say(speechOf(plan, shorten(step.type === 'say' ? step.text : step.apology, maxText)));
    if (step.type === 'voicemail') break;
  }
  document.add('Hangup');
  return document.toString();
}

function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  const word = cut.lastIndexOf(' ');
  return word > 0 ? cut.slice(0, word) : cut;
}

function speechOf(plan: DegradedPlan, text: string): Speech {
  return { text, voiceId: plan.voiceId, language: plan.language };
}
