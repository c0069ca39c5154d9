import process from 'node:process';
import type { LatencyProfile, VoiceDetection } from '../../contracts/assistant.ts';
import { createCallerEar } from '../../media-gateway/turn-taking/caller-ear.ts';
import type { FloorMove, FloorView } from '../../media-gateway/turn-taking/caller-floor.ts';
import { type AskNet, type NetAnswer, type NetQuestion, STEP } from '../../media-gateway/turn-taking/line-judge.ts';
import { decodeMulaw } from '../../media-gateway/audio/mulaw.ts';

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
const VOICE = 0.5;
const GAP_MS = 300;
const SPEAKING: FloorView = { assistantSpeaks: true, mayInterrupt: true, endsSoon: false };

/** The product's ear in audio time: the network's answer to a frame is there before the next. Adds up what that costs. */
export function createListener(net: (question: NetQuestion) => Promise<NetAnswer>) {
  const clocked = async <T>(mulaw: Uint8Array, work: () => Promise<T>): Promise<T> => {
    const before = process.cpuUsage();
    const done = await work();
    const { user, system } = process.cpuUsage(before);
    cpuMs += (user + system) / 1000;
    heardMs += mulaw.length / 8;
    return done;
  };
  let cpuMs = 0;
  let heardMs = 0;
  let answer: Promise<unknown> | undefined;
  const askNet: AskNet = (question) => {
    const answering = net(question);
    answer = answering;
    return answering;
  };
  return {
    listen: (mulaw: Uint8Array, { detection, view = SPEAKING, latencyProfile = 'balanced' }: Listening) =>
      clocked(mulaw, async () => {
        const moves: HeardMove[] = [];
        const ear = createCallerEar({
          latencyProfile,
          voiceDetection: detection,
          askNet,
          toModel: () => undefined,
          onMove: (move, atMs) => moves.push({ move, atMs }),
        });
        for (let at = FRAME; at <= mulaw.length; at += FRAME) {
          ear.hear(mulaw.subarray(at - FRAME, at), at / 8, at / 8, view);
          if (answer) await answer;
          answer = undefined;
        }
        return moves;
      }),
    /** When the network alone takes the line for a voice after `GAP_MS` without one, ms: how far it would come by itself. */
    voicesByNetwork: (mulaw: Uint8Array) =>
      clocked(mulaw, async () => {
        const foundMs: number[] = [];
        let lastMs = -Infinity;
        let state: Float32Array | undefined;
        for (let at = STEP; at <= mulaw.length; at += STEP) {
          const pcm = decodeMulaw(mulaw.subarray(at - STEP, at));
          const given = await net(state ? { pcm, state } : { pcm });
          state = given.state;
          if (given.likeness < VOICE) continue;
          if (at / 8 - lastMs > GAP_MS) foundMs.push(at / 8);
          lastMs = at / 8;
        }
        return foundMs;
      }),
    /** Since it was last asked: CPU of this process for one second of a call, ms. */
    takeCpuMsPerSecond(): number {
      const perSecond = (1000 * cpuMs) / heardMs;
      cpuMs = 0;
      heardMs = 0;
      return perSecond;
    },
  };
}
