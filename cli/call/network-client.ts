/** The control side of the simulated phone network, as far as a call needs it. */
export interface NetworkRecord {
  callSid: string;
  status: string;
  ended: boolean;
  /** Milliseconds since 1970 at the zero of the record's times. */
  zeroEpochMs: number;
  answeredAtMs?: number;
  endedAtMs?: number;
  timeline: readonly TimelineEvent[];
  /** Everything that was played to the caller, as loud as it was. */
  heard: readonly { startMs: number; endMs: number; rms: number }[];
  said: readonly { phraseId: string; text: string; startMs: number; endMs: number }[];
  alerts: readonly { code: number; message: string }[];
  violations: readonly { code: number; message: string }[];
  faults: readonly unknown[];
  /** Traps that the call was placed with and that have sprung. */
  sprung: readonly string[];
  heardTranscript: readonly HeardUtterance[];
}

/** What the caller heard, by the network's own ear. */
export interface HeardUtterance {
  phraseId: string;
  text: string;
  startMs: number;
  endMs: number;
  heardWords: readonly string[];
  complete: boolean;
}

export interface TimelineEvent {
  atMs: number;
  kind: string;
  [detail: string]: unknown;
}

export interface NetworkClient {
  placeCall(call: {
    from: string;
    to: string;
    steps: unknown;
    switches?: readonly string[];
    line?: unknown;
  }): Promise<string>;
  setCallee(
    phoneNumber: string,
    callee: {
      outcome: string;
      answerAfterMs: number;
      steps: unknown;
      switches: readonly string[];
      refusedWith?: number;
    },
  ): Promise<void>;
  /** Has the next REST request about this number run into a trap. */
  armTrap(trap: { name: string; match: string; to: string }): Promise<void>;
  /** Names of the REST traps that still wait for a request about this number. */
  waitingTraps(to: string): Promise<string[]>;
  /** The person of a call speaks at once, beside his script. */
  speak(callSid: string, phraseId: string): Promise<void>;
  /** The calls to this number, the newest first. */
  callsTo(phoneNumber: string): Promise<string[]>;
  /** Each event of a call as it happens; ends when the call has ended. */
  follow(callSid: string): AsyncGenerator<TimelineEvent>;
  /** The whole record, once the call has ended and all callbacks were delivered. */
  settled(callSid: string): Promise<NetworkRecord>;
  wav(callSid: string): Promise<Buffer>;
}

export function createNetworkClient(baseUrl: string): NetworkClient {
  async function ask(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${baseUrl}/_sim/${path}`, init);
    if (!response.ok) throw new Error(`the phone network refused ${method} ${path}: ${await response.text()}`);
    return response;
  }
  const json = async <T>(response: Promise<Response>): Promise<T> => JSON.parse(await (await response).text());

  return {
    placeCall: async (call) => (await json<{ callSid: string }>(ask('POST', 'calls', call))).callSid,
    setCallee: async (phoneNumber, callee) =>
      void (await ask('PUT', `callees/${encodeURIComponent(phoneNumber)}`, callee)),
    armTrap: async (trap) => void (await ask('PUT', 'traps', trap)),
    waitingTraps: async (to) => {
      const { armed } = await json<{ armed: { name: string; to?: string }[] }>(ask('GET', 'traps'));
      return armed.filter((one) => one.to === to).map(({ name }) => name);
    },
    speak: async (callSid, phraseId) => void (await ask('POST', `calls/${callSid}/events`, { type: 'say', phraseId })),
    callsTo: async (phoneNumber) => {
      const { calls } = await json<{ calls: { callSid: string; to: string }[] }>(ask('GET', 'calls'));
      return calls.filter(({ to }) => to === phoneNumber).map(({ callSid }) => callSid);
    },
    async *follow(callSid) {
      const { body } = await ask('GET', `calls/${callSid}/events`);
      let rest = '';
      for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const lines = `${rest}${part}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') yield JSON.parse(line);
      }
    },
    settled: (callSid) => json<NetworkRecord>(ask('GET', `calls/${callSid}/wait`)),
    wav: async (callSid) => Buffer.from(await (await ask('GET', `calls/${callSid}/audio.wav`)).arrayBuffer()),
  };
}
