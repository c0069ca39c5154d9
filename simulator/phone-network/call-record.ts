import type { Call } from './call.ts';
import { rmsOfMulaw } from './mulaw.ts';
import type { Network, RecognisedUtterance } from './network.ts';
import { encodeWav } from './wav.ts';

/** A call as the control API shows it; times are milliseconds from the call's zero, `zeroEpochMs` on the wall. */
export function callRecord(network: Network, call: Call): Record<string, unknown> {
  return {
    callSid: call.sid,
    accountSid: call.account.sid,
    from: call.from,
    to: call.to,
    direction: call.direction,
    status: call.status,
    ended: call.hasEnded,
    parentCallSid: call.parentCallSid,
    childSids: call.childSids,
    switches: [...call.switches],
    sprung: [...call.sprung],
    zeroEpochMs: network.now().getTime() - (network.nowMs() - call.line.zeroMs),
    answeredAtMs: call.answeredAtMs,
    endedAtMs: call.endedAtMs,
    timeline: call.timeline,
    said: call.saidPhrases,
    heard: call.line.heard
      .segments()
      .map(({ startMs, endMs, mulaw }) => ({ startMs, endMs, rms: Math.round(rmsOfMulaw(mulaw)) })),
    alerts: call.alerts,
    violations: call.violations,
    webhooks: call.webhooks,
    faults: call.faults,
    recordings: [...network.recordings.values()].filter((one) => one.callSid === call.sid).map((one) => one.sid),
  };
}

/** A call in one line of a list. */
export function callSummary(call: Call): Record<string, unknown> {
  const { sid, from, to, direction, status, createdAt, faults, violations } = call;
  return { callSid: sid, from, to, direction, status, createdAt, faults: faults.length, violations: violations.length };
}

/** Both parties as PCM at 8 kHz in two channels, from the call's zero: left what was heard, right what was said. */
export function callWav(call: Call): Buffer {
  const endMs = call.endedAtMs ?? call.line.nowMs;
  return encodeWav([call.line.heard.toPcm(endMs), call.line.said.toPcm(endMs)], 8000);
}

const MARGIN_MS = 1000;
const QUIET_MS = 3000;

/**
 * What the person really heard, in words: everything that was played, matched against the phrase book by its sound.
 * Long silences are left out before listening; times are the call's.
 */
export async function heardTranscript(network: Network, call: Call): Promise<RecognisedUtterance[]> {
  const stretches: { startMs: number; endMs: number }[] = [];
  for (const { startMs, endMs } of call.line.heard.segments()) {
    const last = stretches.at(-1);
    if (last && startMs - last.endMs < QUIET_MS) last.endMs = endMs;
    else stretches.push({ startMs, endMs });
  }
  const heard: RecognisedUtterance[] = [];
  for (const stretch of stretches) {
    const fromMs = Math.max(0, stretch.startMs - MARGIN_MS);
    const pcm = call.line.heard.toPcm(stretch.endMs + MARGIN_MS, fromMs);
    const found = await network.recognise(pcm, undefined);
    heard.push(...found.map((one) => ({ ...one, startMs: one.startMs + fromMs, endMs: one.endMs + fromMs })));
  }
  return heard;
}
