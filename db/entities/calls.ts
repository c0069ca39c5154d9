import { defineEntity, p } from '@mikro-orm/core';
import type { DegradedPlan } from '../../contracts/degraded-plan.ts';
import type { Json } from '../../contracts/tools.ts';
import type { Speaker } from '../../contracts/turns.ts';
import { boundToTenant, createdAt, instant, tenantId } from './tenant-table.ts';

const callId = () => p.text().primary();

/**
 * One call. Rows about a call do not refer to this one by key: each is kept even where this one came later. The call's id
 * is its only unique key: with a second one, claims that make the row at the same moment could wait for each other.
 */
export const CallSessionEntity = defineEntity({
  name: 'CallSession',
  tableName: 'call_sessions',
  properties: {
    callId: callId(),
    tenantId: p.text(),
    direction: p.text().$type<'inbound' | 'outbound'>().default('inbound'),
    phase: p.text().default('new'),
    carrierAccountId: p.text().nullable(),
    carrierCallId: p.text().nullable(),
    /** Personal data: the numbers on either side. */
    fromNumber: p.text().nullable(),
    toNumber: p.text().nullable(),
    language: p.text().nullable(),
    flowId: p.text().nullable(),
    flowVersion: p.integer().nullable(),
    degradedPlan: p.json<DegradedPlan>().nullable(),
    /** Zero of the call's clock. */
    admittedAt: instant().nullable(),
    adoptedAt: instant().nullable(),
    endedAt: instant().nullable(),
    endReason: p.text().nullable(),
    durationMs: p.integer().nullable(),
    /** What its flow marked it with. */
    tags: p.json<readonly string[]>().default('[]'),
    /** The epoch that holds the call's media, its stream and its gateway. */
    epoch: p.integer().default(0),
    streamId: p.text().nullable(),
    gatewayId: p.text().nullable(),
    /** When each epoch began, on the call's clock: epoch number to milliseconds. */
    epochsBegan: p.json<Readonly<Record<string, number>>>().default('{}'),
    /** How the assistant left its node, where the workflow could not be told. */
    outcome: p.text().nullable(),
    outcomeEpoch: p.integer().nullable(),
    /** Which of the call's assistants it was. */
    outcomeVisit: p.integer().nullable(),
    /** The model session's resumption handle, sealed. */
    sealedResumption: p.text().nullable(),
    resumptionEpoch: p.integer().nullable(),
    createdAt: createdAt(),
  },
  indexes: [
    { name: 'call_sessions_recent_index', properties: ['tenantId', 'createdAt'] },
    {
      name: 'call_sessions_live_index',
      expression: 'create index "call_sessions_live_index" on "call_sessions" ("gateway_id") where ended_at is null',
    },
    {
      name: 'call_sessions_flow_index',
      expression:
        'create index "call_sessions_flow_index" on "call_sessions" ("tenant_id", "flow_id", "flow_version") where ended_at is null',
    },
  ],
  ...boundToTenant(),
});

/** What was said, by turn; see `contracts/turns.ts`. */
export const TranscriptEntity = defineEntity({
  name: 'Transcript',
  tableName: 'transcripts',
  properties: {
    tenantId: tenantId(),
    callId: callId(),
    epoch: p.integer().primary(),
    seq: p.integer().primary(),
    speaker: p.text().$type<Speaker>(),
    startMs: p.integer(),
    endMs: p.integer(),
    text: p.text(),
    textMissing: p.boolean().default(false),
    heardText: p.text(),
    interrupted: p.boolean().default(false),
    latencyMs: p.integer().nullable(),
    language: p.text().nullable(),
    /** The caller typed something sensitive: there is no text, and none is missing. */
    sensitive: p.boolean().default(false),
    /** Counts up with each version of a turn that a call's gateway writes. */
    revision: p.integer().default(0),
    createdAt: createdAt(),
  },
  ...boundToTenant(),
});

/** Something that happened in a call and that people look for later. */
export const CallEventEntity = defineEntity({
  name: 'CallEvent',
  tableName: 'call_events',
  properties: {
    tenantId: tenantId(),
    callId: callId(),
    /** Given by the writer: a repeated write changes nothing. */
    eventId: p.text().primary(),
    kind: p.text(),
    at: instant(),
    data: p.json<Json>().default('{}'),
  },
  indexes: [{ name: 'call_events_kind_index', properties: ['tenantId', 'kind', 'at'] }],
  ...boundToTenant(),
});

export const ToolLogEntity = defineEntity({
  name: 'ToolLog',
  tableName: 'tool_logs',
  properties: {
    tenantId: tenantId(),
    callId: callId(),
    functionCallId: p.text().primary(),
    toolId: p.text(),
    name: p.text(),
    epoch: p.integer(),
    parameters: p.json<Json>(),
    result: p.json<Json>(),
    status: p.text().$type<'ok' | 'failed' | 'timeout' | 'cancelled'>(),
    attempts: p.integer(),
    latencyMs: p.integer(),
    startedAt: instant(),
  },
  ...boundToTenant(),
});

/** A recording that the carrier made of a call; its sound is in the object store, sealed under a key of its own. */
export const RecordingEntity = defineEntity({
  name: 'Recording',
  tableName: 'recordings',
  properties: {
    tenantId: tenantId(),
    /** The carrier's own id. */
    recordingId: p.text().primary(),
    callId: p.text(),
    kind: p.text().$type<'call' | 'voicemail'>(),
    status: p.text().$type<'pending' | 'kept' | 'absent' | 'discarded'>().default('pending'),
    sealedKey: p.text(),
    objectKey: p.text(),
    channels: p.integer().nullable(),
    durationMs: p.integer().nullable(),
    bytes: p.bigint('number').nullable(),
    /** Of the sound as the carrier gave it, in hexadecimal digits. */
    sha256: p.text().nullable(),
    recordedAt: instant().nullable(),
    keptAt: instant().nullable(),
    carrierDeletedAt: instant().nullable(),
    createdAt: createdAt(),
  },
  indexes: [{ name: 'recordings_call_index', properties: ['tenantId', 'callId'] }],
  ...boundToTenant(),
});

/** One line of a call's bill, in integer millionths of its currency. */
export const CostEntryEntity = defineEntity({
  name: 'CostEntry',
  tableName: 'cost_entries',
  properties: {
    tenantId: tenantId(),
    callId: callId(),
    entryId: p.text().primary(),
    kind: p.text(),
    /** What was counted, such as `audio-input-token` or `telephony-second`. */
    unit: p.text(),
    quantity: p.bigint('number'),
    amountMillionths: p.bigint('number'),
    currency: p.text(),
    /** The date of the price table. */
    pricedOn: p.text(),
    createdAt: createdAt(),
  },
  ...boundToTenant(),
});
