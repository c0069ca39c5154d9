/** Reads a scenario: its shape, what the shape cannot say, and each of its calls with what it takes from the whole. */
import { Compile } from 'typebox/compile';
import { AppError } from '../../errors.ts';
import type { JsonObject } from '../../tools.ts';
import { shapeFaults } from '../shape-faults.ts';
import { pointer } from '../validation/problem.ts';
import { readClock } from './clock.ts';
import {
  type Action,
  type AnsweredBy,
  type Answers,
  type Expectation,
  type ScenarioDocument,
  type ScenarioReferences,
  ScenarioReferencesSchema,
  ScenarioSchema,
} from './scenario-schema.ts';

/** One thing that is wrong with a scenario, with its place as a JSON pointer; empty where it is the whole. */
export interface Fault {
  at: string;
  message: string;
}

/** What happens to the flow, and what must come of it. */
export interface Scenario {
  name: string;
  flow?: string;
  references: ScenarioReferences;
  calls: readonly ScenarioCall[];
}

export interface ScenarioCall {
  name?: string;
  /** When it begins. */
  atMs: number;
  /** In which times are shown. */
  timeZone: string;
  callId: string;
  direction: 'inbound' | 'outbound';
  /** Who takes a call that we place; absent: a person. */
  answeredBy?: AnsweredBy;
  /** The caller's number, or of a call that we place the number that is called. */
  theirNumber: string;
  ourNumber: string;
  /** Absent: the flow's first. */
  language?: string;
  contact: JsonObject;
  answers: Answers;
  does: readonly Action[];
  expect: Expectation;
  /** Where it stands in the file, as a JSON pointer. */
  at: string;
}

const schema = Compile(ScenarioSchema);
const referencesSchema = Compile(ScenarioReferencesSchema);
const acts = ['press', 'say', 'silent', 'leaveMessageS', 'hangUp'] as const;
type Setting = Pick<
  ScenarioDocument,
  'clock' | 'caller' | 'number' | 'direction' | 'answeredBy' | 'callId' | 'answers'
>;

/** Everything that is wrong with a scenario; an empty list means that it can be run. */
export function scenarioFaults(json: unknown): Fault[] {
  if (!schema.Check(json)) return faultsIn(schema.Errors(json));
  const faults: Fault[] = [];
  const { calls, ...whole } = json;
  if (calls && whole.does) faults.push({ at: '/does', message: 'each call says for itself what its caller does' });
  if (calls && whole.expect) faults.push({ at: '/expect', message: 'each call says for itself what is expected' });
  if (calls && whole.clock !== undefined) faults.push(...clockFaults(whole.clock, '/clock'));
  for (const { at, call } of drawnCalls(json)) {
    if (call.clock !== undefined) faults.push(...clockFaults(call.clock, `${at}/clock`));
    else if (whole.clock === undefined) faults.push({ at, message: 'it does not say when: give it a clock' });
    const { direction, answeredBy } = inherited(whole, call);
    if (answeredBy && direction !== 'outbound')
      faults.push({ at: `${at}/answeredBy`, message: 'only a call that we place, of direction outbound, is answered' });
    for (const [i, action] of (call.does ?? []).entries()) faults.push(...actionFaults(action, `${at}/does/${i}`));
    faults.push(...expectationFaults(call.expect, `${at}/expect`));
  }
  return faults;
}

/** The scenario, or one `document-invalid` that names everything that is wrong with it and where. */
export function readScenario(json: unknown): Scenario {
  const faults = scenarioFaults(json);
  if (faults.length === 0 && schema.Check(json)) return scenarioOf(json);
  throw refuse('this is no scenario', faults);
}

/** What a flow refers to, or one `document-invalid` that names everything that is wrong with it and where. */
export function readReferences(json: unknown): ScenarioReferences {
  if (referencesSchema.Check(json)) return json;
  throw refuse('these are no references of a flow', faultsIn(referencesSchema.Errors(json)));
}

const faultsIn = (errors: Parameters<typeof shapeFaults>[0]): Fault[] =>
  shapeFaults(errors).map(({ at, message }) => ({ at, message: message.en }));

function refuse(what: string, faults: readonly Fault[]): AppError {
  const lines = faults.map(({ at, message }) => `  ${at || 'the whole'}: ${message}`);
  return new AppError('document-invalid', `${what}:\n${lines.join('\n')}`);
}

function drawnCalls(document: ScenarioDocument) {
  if (!document.calls) return [{ at: '', call: document }];
  return document.calls.map((call, i) => ({ at: pointer('calls', i), call }));
}

function scenarioOf(document: ScenarioDocument): Scenario {
  const { name, flow, references = {} } = document;
  const calls = drawnCalls(document).map(({ at, call }, i): ScenarioCall => {
    const { does = [], expect = {} } = call;
    const setting = inherited(document, call);
    const { caller = {}, direction = 'inbound', callId = `scenario-${i + 1}`, number: ourNumber } = setting;
    const { answeredBy } = setting;
    const clock = readClock(setting.clock ?? '');
    return {
      ...(document.calls && call.name !== undefined && { name: call.name }),
      ...('problem' in clock ? { atMs: 0, timeZone: 'UTC' } : clock),
      callId,
      direction,
      ...(answeredBy && { answeredBy }),
      theirNumber: caller.number ?? '+420800000001',
      ourNumber: ourNumber ?? '+420800000002',
      ...(caller.language !== undefined && { language: caller.language }),
      contact: caller.contact ?? {},
      answers: setting.answers ?? {},
      does,
      expect,
      at,
    };
  });
  return { name, ...(flow !== undefined && { flow }), references, calls };
}

/** What a call says itself comes before what the scenario says; of the caller and of the answers, each part for itself. */
function inherited(whole: Setting, own: Setting): Setting {
  if (whole === own) return whole;
  return {
    ...whole,
    ...own,
    caller: { ...whole.caller, ...own.caller },
    answers: mergedAnswers(whole.answers ?? {}, own.answers ?? {}),
  };
}

function mergedAnswers(whole: Answers, own: Answers): Answers {
  return {
    tools: { ...whole.tools, ...own.tools },
    assistants: { ...whole.assistants, ...own.assistants },
    transfers: { ...whole.transfers, ...own.transfers },
    queues: { ...whole.queues, ...own.queues },
    agents: { ...whole.agents, ...own.agents },
    staffing: { ...whole.staffing, ...own.staffing },
    callbacks: { ...whole.callbacks, ...own.callbacks },
    sms: { ...whole.sms, ...own.sms },
  };
}

function clockFaults(clock: string, at: string): Fault[] {
  const read = readClock(clock);
  return 'problem' in read ? [{ at, message: read.problem }] : [];
}

function actionFaults(action: Action, at: string): Fault[] {
  const given = acts.filter((act) => action[act] !== undefined);
  if (given.length === 1) return [];
  const message =
    given.length === 0
      ? `it says nothing that a caller does: ${acts.join(', ')}`
      : `a caller does one thing at a time: ${given.join(' or ')}`;
  return [{ at, message }];
}

function expectationFaults({ path = [], said = [], durationS, staysS = {} }: Expectation = {}, at: string): Fault[] {
  const faults: Fault[] = [];
  for (const [i, words] of said.entries()) {
    if (typeof words === 'string') continue;
    const kinds = [words.contains, words.equals, words.prompt].filter((given) => given !== undefined);
    if (kinds.length !== 1)
      faults.push({ at: `${at}/said/${i}`, message: 'say it by one of contains, equals and prompt' });
  }
  for (const [i, step] of path.entries())
    if (step === '...' && path[i + 1] === '...')
      faults.push({ at: `${at}/path/${i}`, message: 'two gaps follow each other' });
  for (const [place, bounds] of [['durationS', durationS] as const, ...Object.entries(staysS)])
    if (bounds?.atLeast !== undefined && bounds.atMost !== undefined && bounds.atLeast > bounds.atMost)
      faults.push({
        at: place === 'durationS' ? `${at}/durationS` : `${at}/staysS${pointer(place)}`,
        message: `atLeast (${bounds.atLeast}) is more than atMost (${bounds.atMost})`,
      });
  return faults;
}
