/** Makes a scenario of a call that has happened: from its ledger, with stand-ins for all personal data. */
import { AppError } from '../../../errors.ts';
import type { JsonObject } from '../../../tools.ts';
import { wallTime } from '../../calendar/zone.ts';
import type { CompiledFlow } from '../../compiled.ts';
import type { Decision } from '../../state.ts';
import type { CallRun, Stay } from '../call-run.ts';
import { readClock, shownTime } from '../clock.ts';
import { readScenario } from '../read-scenario.ts';
import { runScenario } from '../run-scenario.ts';
import { staysOf } from '../stays.ts';
import { recordedCourse } from './recorded-course.ts';
import { createStandIns } from './stand-ins.ts';

export interface CallToRecord {
  /** For people. */
  name: string;
  direction: 'inbound' | 'outbound';
  /** Absent: hidden. */
  theirNumber?: string;
  ourNumber?: string;
  language: string;
  decisions: readonly Decision[];
  /** The version that the call met. */
  flow: CompiledFlow;
}

/** Calls by which a `split` may have gone. */
const maxCallIds = 200;

/**
 * The scenario, with all that came of it as expectations. It holds when it is run, and takes the way that the call took;
 * a call whose way hangs on personal data throws `document-invalid` with the place.
 */
export function recordScenario(call: CallToRecord): JsonObject {
  const { name, direction, theirNumber, ourNumber, language, decisions, flow } = call;
  const [first] = decisions;
  if (!first) throw new AppError('document-invalid', 'the call has no ledger: it never came to its flow');
  const standIns = createStandIns(flow);
  const { contact, does, answers } = recordedCourse(decisions, flow, standIns);
  const scenario: JsonObject = {
    scenarioVersion: 1,
    name,
    clock: clockOf(flow.timeZone, first.atMs),
    caller: {
      number: theirNumber?.startsWith('+') === true ? standIns.number(theirNumber) : 'anonymous',
      language,
      ...(Object.keys(contact ?? {}).length > 0 && { contact }),
    },
    ...(ourNumber !== undefined && { number: standIns.number(ourNumber) }),
    direction,
    ...answererOf(decisions, flow),
    answers,
    does: JSON.parse(JSON.stringify(does)),
  };
  const took = staysOf(decisions);
  let parted = 0;
  // Another id of the call may draw another branch of a `split`; what else parts the ways stays as it is.
  for (let i = 1; i <= maxCallIds && (i === 1 || took[parted]?.nodeType === 'split'); i++) {
    const whole = { ...scenario, callId: `scenario-${i}` };
    const run = runOf(flow, whole);
    parted = partingOf(took, run.stays);
    if (parted < 0 && run.missing === undefined) return { ...whole, expect: expectationOf(run, flow) };
  }
  const { node, outcome } = took[parted] ?? { node: 'the end of the call', outcome: undefined };
  throw new AppError(
    'document-invalid',
    `step ${parted + 1} of the call (${node}: ${outcome}) cannot be had again: it hangs on what a scenario must not hold`,
  );
}

/** The machine that ended the call: such a decision follows from no event of the flow. */
function answererOf(decisions: readonly Decision[], { voicemailMessage }: CompiledFlow): JsonObject {
  const [first, last] = [decisions[0], decisions.at(-1)];
  if (!first || !last || last.event || last.rule !== 'end' || last.outcome !== 'voicemail') return {};
  const { because = '', step, atMs } = last;
  const isFax = because.startsWith('a fax');
  const gotNothing = !isFax && voicemailMessage !== undefined && !because.endsWith('got the message');
  return {
    answeredBy: {
      who: isFax ? 'fax' : 'machine',
      ...(step === 0
        ? { machineDetection: 'sync' }
        : { machineDetection: 'async', afterS: (atMs - first.atMs) / 1000 }),
      ...(gotNothing && { onVoicemail: 'hang-up' }),
    },
  };
}

/** The first stay in which two ways differ; -1 where they do not. */
function partingOf(took: readonly Stay[], takes: readonly Stay[]): number {
  const same = (stay: Stay | undefined, other: Stay | undefined): boolean =>
    stay?.node === other?.node && stay?.outcome === other?.outcome;
  const first = took.findIndex((stay, i) => !same(stay, takes[i]));
  return first >= 0 || took.length === takes.length ? first : took.length;
}

function runOf(flow: CompiledFlow, scenario: JsonObject): CallRun {
  const [call] = runScenario(flow, readScenario(scenario)).calls;
  if (!call) throw new AppError('unexpected', 'a scenario has a call');
  return call.run;
}

/** As a clock on the wall shows it, or in the hour that comes twice with its offset. */
function clockOf(timeZone: string, atMs: number): string {
  const { day } = wallTime(timeZone, atMs);
  const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
  const local = `${date}T${shownTime(timeZone, atMs)} ${timeZone}`;
  const read = readClock(local);
  return 'atMs' in read && read.atMs === Math.floor(atMs / 1000) * 1000 ? local : new Date(atMs).toISOString();
}

function expectationOf(run: CallRun, flow: CompiledFlow): JsonObject {
  const { stays, heard, outcome, variables, language, tags, toolCalls, messages, notices } = run;
  const open = Object.entries(variables).filter(([name]) => flow.variables[name]?.sensitive !== true);
  const said = heard.flatMap(({ node, text, promptId }): JsonObject[] => {
    if (promptId !== undefined) return [{ node, prompt: promptId }];
    return text === '' ? [] : [{ node, equals: text }];
  });
  return {
    path: stays.map(({ node, outcome: left }) => (left === undefined ? node : `${node}: ${left}`)),
    ...(said.length > 0 && { said }),
    ...(outcome !== undefined && { outcome }),
    ...(open.length > 0 && { variables: Object.fromEntries(open) }),
    language,
    tags,
    ...(toolCalls.length > 0 && { tools: toolCalls.map(({ toolId, args }) => ({ tool: toolId, arguments: args })) }),
    ...(messages.length > 0 && { sms: messages.map(({ to, text }) => ({ to, ...(text !== '' && { equals: text }) })) }),
    ...(notices.length > 0 && {
      notified: notices.map(({ to, text }) => ({
        to: 'webhookId' in to ? to.webhookId : (to.people[0] ?? ''),
        ...(text !== '' && { equals: text }),
      })),
    }),
  };
}
