import { ApplicationFailure } from '@temporalio/common';
import { EventEmitter, once } from 'node:events';
import type { CallRecordDeps } from '../activities/call-record-activities.ts';
import type { DialResult, ForkCallerInput } from '../activities/carrier-activities.ts';
import type { KeepRecordingInput, KeptRecording } from '../activities/recording-activities.ts';
import type { CallControl, CarrierStatusName } from '../contracts/messages.ts';
import type { CallEvent } from '../db/call-events.ts';
import type { CostEntry } from '../db/cost-entries.ts';
import type { CarrierRecording } from '../telephony/twilio-recordings.ts';

/** The stores of call records, in memory. */
export function createMadeUpStores() {
  const events = new Map<string, CallEvent[]>();
  const costs = new Map<string, readonly CostEntry[]>();
  const recorded = new Map<string, string>();
  const ended = new Map<string, string>();
  const deps: CallRecordDeps = {
    sessions: {
      recordCall: async ({ callId, phase }) => void recorded.set(callId, phase),
      markAdopted: async () => true,
      endCall: async ({ callId, reason }) => ended.set(callId, reason).has(callId),
    },
    events: {
      appendEvent: async ({ tenantId: _tenantId, callId, ...event }) =>
        void events.set(callId, [...(events.get(callId) ?? []), event]),
    },
    costs: { writeCosts: async ({ callId, entries }) => void costs.set(callId, entries) },
    turns: { readTurns: async () => [] },
  };
  return { deps, events, costs, recorded, ended };
}

/** A carrier that reaches everybody and knows what it was told to know of a call. */
export function createMadeUpCarrier() {
  const statuses = new Map<string, CarrierStatusName>();
  /** What comes of each try to dial for a call, in order; whoever is not among them is simply dialled. */
  const dials = new Map<string, (DialResult | Promise<DialResult>)[]>();
  /** Each try to dial, by its call. */
  const asked: string[] = [];
  const questions: string[] = [];
  const hungUp: string[] = [];
  const sent: { callId: string; event: CallControl }[] = [];
  /** Calls to which nothing can be sent, and why. */
  const refusals = new Map<string, string>();
  const moved: { callId: string; number: number; gatewayId?: string }[] = [];
  /** What the carrier has recorded of a call, and what was asked of its recordings, by call. */
  const recordings = new Map<string, CarrierRecording[]>();
  const recordingAsked = new Map<string, string[]>();
  /** Requests about recordings that are held up, by call and action such as `pause`. */
  const recordingHeld = new Map<string, Promise<void>>();
  const askOfRecording = async (callId: string, what: string): Promise<void> => {
    recordingAsked.set(callId, [...(recordingAsked.get(callId) ?? []), what]);
    await recordingHeld.get(`${callId} ${what}`);
  };
  /** Whom callers were forked to. */
  const forked: ForkCallerInput[] = [];
  const forks = new EventEmitter();
  const moves = new EventEmitter();
  const tries = new EventEmitter();
  const activities = {
    dial: async ({ callId }: { callId: string }): Promise<DialResult> => {
      asked.push(callId);
      tries.emit(callId);
      return dials.get(callId)?.shift() ?? { status: 'dialling', carrierCallId: 'CA-dialled' };
    },
    hangUp: async ({ callId, carrier }: { callId: string; carrier: { carrierCallId: string } }) =>
      void hungUp.push(`${callId} ${carrier.carrierCallId}`),
    sendEvent: async ({ callId, event }: { callId: string; event: CallControl }) => {
      const refusal = refusals.get(callId);
      if (refusal !== undefined) throw ApplicationFailure.nonRetryable('no', refusal);
      sent.push({ callId, event });
    },
    forkCaller: async (fork: ForkCallerInput) => {
      const refusal = refusals.get(fork.callId);
      if (refusal !== undefined) throw ApplicationFailure.nonRetryable('no', refusal);
      forked.push(fork);
      forks.emit(fork.callId);
    },
    moveCall: async ({ callId, number, gatewayId }: (typeof moved)[number]) => {
      moved.push({ callId, number, ...(gatewayId !== undefined && { gatewayId }) });
      moves.emit(callId);
    },
    startRecording: async ({ callId }: { callId: string }) => {
      await askOfRecording(callId, 'start');
      return { recordingId: 'RE1' };
    },
    changeRecording: async ({ callId, action }: { callId: string; action: string }) => {
      await askOfRecording(callId, action);
      return 'done' as const;
    },
    listRecordings: async ({ callId }: { callId: string }) => recordings.get(callId) ?? [],
    keepRecording: async ({ callId, recordingId, kind, discard }: KeepRecordingInput): Promise<KeptRecording> => {
      await askOfRecording(callId, `${discard ? 'discard' : 'keep'} ${kind} ${recordingId}`);
      return { status: discard ? 'discarded' : 'kept', durationMs: 2_000 };
    },
    fetchCarrierStatus: async ({ callId }: { callId: string }) => {
      questions.push(callId);
      return { status: statuses.get(callId) ?? ('in-progress' as const) };
    },
  };
  /** Waits until the call has been moved. */
  const hasMoved = async (callId: string): Promise<void> => {
    if (!moved.some((move) => move.callId === callId)) await once(moves, callId);
  };
  /** Waits until the caller has been forked. */
  const hasForked = async (callId: string): Promise<void> => {
    if (!forked.some((fork) => fork.callId === callId)) await once(forks, callId);
  };
  /** Waits until somebody has tried to dial for the call. */
  const hasAsked = async (callId: string): Promise<void> => {
    if (!asked.includes(callId)) await once(tries, callId);
  };
  const recording = { there: recordings, asked: recordingAsked, held: recordingHeld };
  return {
    activities,
    recording,
    statuses,
    dials,
    hasAsked,
    questions,
    moved,
    hasMoved,
    forked,
    hasForked,
    hungUp,
    sent,
    refusals,
  };
}
