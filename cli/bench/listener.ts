import process from 'node:process';
import type { LatencyProfile, VoiceDetection } from '../../contracts/assistant.ts';
import { createCallerEar } from '../../media-gateway/turn-taking/caller-ear.ts';
import type { FloorMove, FloorView } from '../../media-gateway/turn-taking/caller-floor.ts';
import type { AskNet } from '../../media-gateway/turn-taking/line-judge.ts';

/** What the ear decided, and when: the end of the frame that decided it, ms. */
export interface HeardMove {
  readonly move: FloorMove;
  readonly atMs: number;
}

export interface Listening {
  readonly detection: VoiceDetection;
  /** What the assistant does; speaks without end unless said. */
  readonly view?: FloorView;
  readonly latencyProfile?: LatencyProfile;
}

const FRAME = 160;
const SPEAKING: FloorView = { assistantSpeaks: true, mayInterrupt: true, endsSoon: false };

/** The product's ear in audio time: the network's answer to a frame is there before the next. Adds up what that costs. */
export function createListener(net: AskNet) {
  let cpuMs = 0;
  let heardMs = 0;
  let answer: Promise<unknown> | undefined;
  const askNet: AskNet = (question) => {
    const answering = net(question);
    answer = answering;
    return answering;
  };
  return {
    async listen(mulaw: Uint8Array, { detection, view = SPEAKING, latencyProfile = 'balanced' }: Listening) {
      const moves: HeardMove[] = [];
      const ear = createCallerEar({
        latencyProfile,
        voiceDetection: detection,
        askNet,
        toModel: () => undefined,
        onMove: (move, atMs) => moves.push({ move, atMs }),
      });
      const before = process.cpuUsage();
      for (let at = FRAME; at <= mulaw.length; at += FRAME) {
        ear.hear(mulaw.subarray(at - FRAME, at), { endMs: at / 8, atMs: at / 8 }, view);
        if (answer) await answer;
        answer = undefined;
      }
      const { user, system } = process.cpuUsage(before);
      cpuMs += (user + system) / 1000;
      heardMs += mulaw.length / 8;
      return moves;
    },
    /** Since it was last asked: CPU of this process for one second of a call, ms. */
    takeCpuMsPerSecond(): number {
      const perSecond = (1000 * cpuMs) / heardMs;
      cpuMs = 0;
      heardMs = 0;
      return perSecond;
    },
  };
}
