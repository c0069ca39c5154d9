import { AudioTrack } from './audio-track.ts';
import type { Line } from './line.ts';
import { FRAME_MS } from './mulaw.ts';
import { encodeWav } from './wav.ts';

export type RecordedTrack = 'inbound' | 'outbound' | 'both';

export interface CallRecorder {
  /** Pauses; with `skip` the pause leaves no trace, otherwise it is recorded as silence. */
  pause(behavior: 'skip' | 'silence'): void;
  resume(): void;
  /** Ends the recording: its length and its sound as a WAV file. */
  finish(): { durationMs: number; wav: Buffer };
  readonly recordedMs: number;
}

/** Records a line: `inbound` is what its person says, `outbound` what is played to them; two channels or a mix. */
export function recordLine(line: Line, options: { track: RecordedTrack; channels: 1 | 2 }): CallRecorder {
  const inbound = new AudioTrack();
  const outbound = new AudioTrack();
  let recordedMs = 0;
  let state: 'recording' | 'skipping' | 'silent' = 'recording';
  const stop = line.onFrame(({ said, heard }) => {
    if (state === 'skipping') return;
    if (state === 'recording') {
      if (options.track !== 'outbound') inbound.append(recordedMs, said);
      if (options.track !== 'inbound') outbound.append(recordedMs, heard);
    }
    recordedMs += FRAME_MS;
  });
  return {
    pause: (behavior) => {
      state = behavior === 'skip' ? 'skipping' : 'silent';
    },
    resume: () => {
      state = 'recording';
    },
    finish: () => {
      stop();
      const tracks = [inbound.toPcm(recordedMs), outbound.toPcm(recordedMs)];
      return { durationMs: recordedMs, wav: encodeWav(options.channels === 2 ? tracks : [mixed(tracks)], 8000) };
    },
    get recordedMs() {
      return recordedMs;
    },
  };
}

function mixed(tracks: readonly Int16Array[]): Int16Array {
  const length = Math.max(0, ...tracks.map((track) => track.length));
  return Int16Array.from({ length }, (_, n) => {
    const sum = tracks.reduce((total, track) => total + (track[n] ?? 0), 0);
    return Math.max(-32_768, Math.min(32_767, sum));
  });
}
