import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { AppError } from '../contracts/errors.ts';
import { machineDetectionOf } from '../contracts/flow/answering-machine.ts';
import type { CompiledFlow } from '../contracts/flow/compiled.ts';
import { type MachineDetection, machineDetections } from '../contracts/voice-provider.ts';

const PhoneNumber = Type.String({ pattern: '^\\+[1-9]\\d{5,14}$' });
const literals = <T extends string>(...values: T[]) => Type.Union(values.map((value) => Type.Literal(value)));

/** What a program of a tenant asks for: one call that we place. */
export const NewCall = Type.Object(
  {
    to: PhoneNumber,
    /** A number of the tenant; absent: the first one that leads to the flow. */
    from: Type.Optional(PhoneNumber),
    /** A flow that a number of the tenant leads to; absent: the flow of the number that is dialled from. */
    flowId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    /** The same key again is the same call. */
    idempotencyKey: Type.String({ minLength: 1, maxLength: 200 }),
    ringTimeoutS: Type.Optional(Type.Integer({ minimum: 5, maximum: 600 })),
    /** Whether the carrier looks who answers; absent: as the flow says, else `async` where it has an assistant. */
    machineDetection: Type.Optional(literals(...machineDetections)),
    /** What a machine gets: the flow's `voicemailMessage`, or nothing; absent: the message where there is one. */
    onVoicemail: Type.Optional(literals('hang-up', 'leave-message')),
  },
  { additionalProperties: false },
);
export type NewCall = Static<typeof NewCall>;

const number = 'must be a telephone number as E.164 has it, such as +420777123456';
const words: Readonly<Record<keyof NewCall, string>> = {
  to: number,
  from: number,
  flowId: 'must be the id of a flow, of at most 128 characters',
  idempotencyKey:
    'must be a name of your own for this call, of 1 to 200 characters: the same name again is the same call',
  ringTimeoutS: 'must be a whole number of seconds from 5 to 600',
  machineDetection: 'must be "off", "sync" or "async"',
  onVoicemail: 'must be "hang-up" or "leave-message"',
};
const fields = Object.keys(words).filter((name): name is keyof NewCall => name in words);
const required: ReadonlySet<string> = new Set(NewCall.required);

/** The request, or one `request-malformed` that names every fault and quotes nothing that was sent. */
export function readNewCall(body: unknown): NewCall {
  if (Value.Check(NewCall, body)) return body;
  throw new AppError('request-malformed', faultsOf(body).join('; '));
}

function faultsOf(body: unknown): string[] {
  if (!isRecord(body)) return ['the body must be a JSON object'];
  const faults = fields.flatMap((name) => {
    const given = body[name];
    if (given === undefined) return required.has(name) ? [`"${name}" is missing: it ${words[name]}`] : [];
    return Value.Check(NewCall.properties[name], given) ? [] : [`"${name}" ${words[name]}`];
  });
  const isStrange = Object.keys(body).some((name) => !(name in words));
  return isStrange ? [...faults, `there are fields that mean nothing here; known are ${fields.join(', ')}`] : faults;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How machines are looked for. What is asked must mean something together, and with the flow. */
export function detectionFor({ machineDetection, onVoicemail }: NewCall, flow: CompiledFlow): MachineDetection {
  const chosen = machineDetectionOf(flow, machineDetection);
  if (onVoicemail === undefined) return chosen;
  if (chosen === 'off')
    throw new AppError('request-malformed', '"onVoicemail" means nothing where "machineDetection" is "off"');
  if (onVoicemail === 'leave-message' && flow.voicemailMessage === undefined)
    throw new AppError('flow-invalid', 'the flow has no voicemailMessage to leave');
  return chosen;
}

/** Made before anything is dialled; the same for every repeat of a request. */
export function outboundCallId(tenantId: string, idempotencyKey: string): string {
  return `out-${hash(`${tenantId.length}:${tenantId}:${idempotencyKey}`).slice(0, 40)}`;
}

/** Tells two requests under one key apart; nobody can read from it what was asked for. */
export function fingerprintOf(request: NewCall): string {
  return hash(JSON.stringify(fields.map((name) => request[name] ?? null)));
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
