import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import type { Recording } from '../db/recordings.ts';
import type { CarrierRecording } from '../telephony/twilio-recordings.ts';
import { madeUpWav } from '../test/made-up-wav.ts';
import { createRecordingActivities } from './recording-activities.ts';

const call = {
  tenantId: 'acme',
  callId: 'CA1',
  carrier: { provider: 'twilio', accountId: 'AC1', carrierCallId: 'CA1' },
} as const;
const input = { tenantId: 'acme', callId: 'CA1', accountId: 'AC1', recordingId: 'RE1', kind: 'voicemail' } as const;
const completed: CarrierRecording = {
  recordingId: 'RE1',
  kind: 'voicemail',
  status: 'completed',
  channels: 1,
  durationS: 2,
  startedAtMs: 1_000,
};

function world({
  there = [completed],
  sound = madeUpWav(2_000),
  bytes = sound.length,
  startFails,
  status,
}: {
  /** What the carrier has. */
  there?: readonly CarrierRecording[];
  sound?: Buffer;
  bytes?: number;
  startFails?: AppError;
  status?: 'ringing' | 'completed';
} = {}) {
  const atCarrier = new Map(there.map((one) => [one.recordingId, one]));
  const rows = new Map<string, Recording>();
  const kept = new Map<string, Buffer>();
  const asked: string[] = [];
  const row = (recordingId: string): Recording => {
    const found = rows.get(recordingId);
    if (!found) throw new RangeError('nobody has told of this recording');
    return found;
  };
  const activities = createRecordingActivities({
    beat: () => undefined,
    fetchStatus: async () => status && { status },
    carrier: {
      start: async () => {
        if (startFails) throw startFails;
        return 'RE9';
      },
      change: async (_call, recordingId, action) => void asked.push(`${action} ${recordingId}`),
      list: async () => [...atCarrier.values()],
      find: async ({ recordingId }) => atCarrier.get(recordingId),
      sound: async () => {
        asked.push('sound');
        return { bytes, content: new Blob([new Uint8Array(sound)]).stream() };
      },
      remove: async ({ recordingId }) => {
        asked.push(`remove ${recordingId}`);
        atCarrier.delete(recordingId);
      },
    },
    recordings: {
      expectRecording: async ({ recordingId, callId, kind }) => {
        if (!rows.has(recordingId))
          rows.set(recordingId, { recordingId, callId, kind, status: 'pending', isOursAlone: false });
      },
      writeSound: async ({ recordingId }, content) => {
        const whole = await buffer(content);
        kept.set(recordingId, whole);
        return { bytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex') };
      },
      readSound: async function* ({ recordingId }) {
        yield kept.get(recordingId) ?? Buffer.alloc(0);
      },
      removeSound: async ({ recordingId }) => void kept.delete(recordingId),
      settle: async ({ recordingId, status: settled, durationMs }) =>
        void rows.set(recordingId, { ...row(recordingId), status: settled, durationMs }),
      markOursAlone: async ({ recordingId }) => void rows.set(recordingId, { ...row(recordingId), isOursAlone: true }),
      readRecording: async ({ recordingId }) => rows.get(recordingId),
      readRecordings: async () => [...rows.values()],
    },
  });
  return { ...activities, atCarrier, rows, kept, asked };
}

describe('keeping a recording', () => {
  it('copies it, and only then deletes it at the carrier', async () => {
    const { keepRecording, kept, asked, rows } = world();
    expect(await keepRecording(input)).toEqual({ status: 'kept', durationMs: 2_000 });
    expect(kept.get('RE1')?.equals(madeUpWav(2_000))).toBe(true);
    expect(asked).toEqual(['sound', 'remove RE1']);
    expect(rows.get('RE1')).toMatchObject({ status: 'kept', isOursAlone: true });
  });

  it('again and again copies and deletes it once', async () => {
    const { keepRecording, asked, rows } = world();
    for (let n = 0; n < 3; n += 1) expect(await keepRecording(input)).toMatchObject({ status: 'kept' });
    expect(asked).toEqual(['sound', 'remove RE1']);
    expect(rows.size).toBe(1);
  });

  it('asks again for one that is not ready', async () => {
    const { keepRecording, asked } = world({ there: [{ ...completed, status: 'pending', durationS: 0 }] });
    await expect(keepRecording(input)).rejects.toMatchObject({ type: 'recording-pending', nonRetryable: false });
    expect(asked).toEqual([]);
  });

  it.each([
    ['cut short', { sound: madeUpWav(2_000).subarray(0, 10_000), bytes: madeUpWav(2_000).length }],
    ['of another length than the carrier says', { sound: madeUpWav(9_000) }],
    ['no sound at all', { sound: Buffer.from('<html>try later</html>') }],
  ])('keeps the carrier’s copy where what came is %s', async (_what, given) => {
    const { keepRecording, atCarrier, rows } = world(given);
    await expect(keepRecording(input)).rejects.toMatchObject({ type: 'recording-damaged', nonRetryable: false });
    expect(atCarrier.size).toBe(1);
    expect(rows.get('RE1')).toMatchObject({ status: 'pending' });
  });

  it('says that one without sound is absent, also where the carrier does not know it', async () => {
    const absent = { ...completed, status: 'absent', durationS: 0 } as const;
    for (const there of [[absent], []]) {
      const { keepRecording, kept } = world({ there });
      expect(await keepRecording(input)).toEqual({ status: 'absent', durationMs: 0 });
      expect(kept.size).toBe(0);
    }
  });

  it('discards what nobody may hear: no copy is made, and the carrier’s is deleted', async () => {
    const { keepRecording, kept, asked } = world();
    expect(await keepRecording({ ...input, discard: true })).toEqual({ status: 'discarded', durationMs: 2_000 });
    expect([kept.size, asked]).toEqual([0, ['remove RE1']]);
  });
});

describe('recording a live call', () => {
  it('is known from its beginning', async () => {
    const { startRecording, changeRecording, rows, asked } = world();
    expect(await startRecording(call)).toEqual({ recordingId: 'RE9' });
    expect(rows.get('RE9')).toMatchObject({ kind: 'call', status: 'pending' });
    expect(await changeRecording({ ...call, recordingId: 'RE9', action: 'pause' })).toBe('done');
    expect(asked).toEqual(['pause RE9']);
  });

  it('waits for one that still rings, and gives up one that has ended', async () => {
    const startFails = new AppError('call-ended', 'the call is over');
    await expect(world({ startFails, status: 'ringing' }).startRecording(call)).rejects.toMatchObject({
      type: 'not-ready',
      nonRetryable: false,
    });
    expect(await world({ startFails, status: 'completed' }).startRecording(call)).toBe('call-ended');
  });
});
