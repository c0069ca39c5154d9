/**
 * Runs the model's calls of tools and hands it the results.
 *
 * Invariants:
 * D1 At most `MAX_RUNNING` run at once; each further one is refused with words that the model understands.
 * D2 The same call under another id, while the first runs or within `REPEAT_MS` of its end, runs nothing: it gets the first
 *    one's result. One that comes again under its own id is answered once.
 * D3 A cancelled call runs to its end; its result is not delivered.
 * D4 A result is delivered until the model has reacted to it: what it had not when its session was lost is told to the
 *    next one, in words, since a session takes results of its own calls only.
 * D5 A model is not kept waiting for more than `INTERIM_MS`: it is told that the tool still runs, and its result in words
 *    when it is there.
 */
import { createHash } from 'node:crypto';
import { isSameJson } from '../../contracts/flow/replay/same-json.ts';
import type { ModelToolResult } from '../../contracts/realtime-model.ts';
import type { Json, JsonObject, ToolDefinition, ToolResult } from '../../contracts/tools.ts';
import { asModelResult } from './model-tools.ts';

export interface ToolDesk {
  call(call: ToolRequest, atMs: number): void;
  cancel(ids: readonly string[]): void;
  /** The model has made a sound or another call, or ended its turn: it has got what was delivered. */
  reacted(): void;
  /** The model's session is lost: its calls are nobody's, their results are told in words. */
  sessionLost(): void;
  /** What is to be told in words; afterwards it is the taker's to tell. */
  takeResults(): readonly ModelToolResult[];
  /** Delivers what the model could not be told. */
  redeliver(): void;
  tick(atMs: number): void;
  /** Whether the model waits for a result. */
  isBusy(): boolean;
  /** Since when a tool has been running whose result the model wants. */
  runsSince(): number | undefined;
}

export interface ToolRequest {
  readonly id: string;
  readonly name: string;
  readonly args: Json;
}

export interface ToolDeskDeps {
  tools: readonly ToolDefinition[];
  /** Runs one call to its end; never rejects. `functionCallId` is fit for a workflow's id. */
  run: (call: { functionCallId: string; tool: ToolDefinition; args: JsonObject }) => Promise<ToolResult>;
  /** False where there is no model to tell. */
  deliver: (results: readonly ModelToolResult[]) => boolean;
  /** The same in words. */
  tell: (results: readonly ModelToolResult[]) => boolean;
}

const MAX_RUNNING = 8;
const REPEAT_MS = 5000;
const INTERIM_MS = 8000;

interface Job {
  readonly first: ToolRequest;
  waiting: ToolRequest[];
  /** The call whose session no longer waits for its result, but whose result is wanted in words. */
  orphan?: ToolRequest;
  result?: ToolResult;
  readonly startedMs: number;
  endedMs?: number;
}

export function createToolDesk({ tools, run, deliver, tell }: ToolDeskDeps): ToolDesk {
  let jobs: Job[] = [];
  let unheard: ModelToolResult[] = []; // delivered, but the model has not reacted yet
  let untold: ModelToolResult[] = [];
  let latestMs = 0; // results come between two ticks

  const answer = (results: readonly ModelToolResult[]): void => {
    if (results.length === 0) return;
    if (deliver(results)) unheard.push(...results);
    else untold.push(...results);
  };
  const finish = (job: Job, result: ToolResult): void => {
    job.result = result;
    job.endedMs = latestMs;
    answer(job.waiting.splice(0).map((call) => asModelResult(call, result)));
    if (!job.orphan) return;
    const told = [asModelResult(job.orphan, result)];
    if (!tell(told)) untold.push(...told);
  };
  const orphan = (job: Job): void => {
    const [first] = job.waiting.splice(0);
    if (first) job.orphan ??= first;
  };
  const refuse = (request: ToolRequest, error: string, hint: string): void =>
    answer([asModelResult(request, { status: 'failed', error, retryable: false, hint, attempts: 0, latencyMs: 0 })]);
  const running = (): Job[] => jobs.filter(({ result }) => result === undefined);
  const wanted = (): Job[] => running().filter((job) => job.waiting.length > 0 || job.orphan !== undefined);

  return {
    call(request, atMs) {
      latestMs = atMs;
      const tool = tools.find(({ name }) => name === request.name);
      if (!tool) return refuse(request, 'unknown-tool', 'There is no such function. Go on without it.');
      jobs = jobs.filter(({ endedMs = atMs }) => atMs - endedMs < REPEAT_MS);
      const same = jobs.find(({ first }) => first.name === request.name && isSameJson(first.args, request.args));
      if (same?.result) return answer([asModelResult(request, same.result)]);
      if (same) {
        // Whoever asks again gets it as an answer, not in words beside it.
        delete same.orphan;
        if (same.waiting.every(({ id }) => id !== request.id)) same.waiting.push(request);
        return undefined;
      }
      if (running().length >= MAX_RUNNING) {
        const hint = 'Too many functions are running. Wait for their results, then try again.';
        return refuse(request, 'too-many-calls', hint);
      }
      const job: Job = { first: request, waiting: [request], startedMs: atMs };
      jobs.push(job);
      void run({ functionCallId: functionCallIdOf(request.id), tool, args: objectOf(request.args) }).then((result) => {
        return finish(job, result);
      });
    },
    cancel(ids) {
      const isKept = ({ id }: { id: string }): boolean => !ids.includes(id);
      for (const job of jobs) {
        job.waiting = job.waiting.filter(isKept);
        if (job.orphan && !isKept(job.orphan)) delete job.orphan;
      }
      unheard = unheard.filter(isKept);
      untold = untold.filter(isKept);
    },
    reacted() {
      unheard = [];
    },
    sessionLost() {
      for (const job of running()) orphan(job);
      untold.push(...unheard.splice(0));
    },
    takeResults: () => untold.splice(0),
    redeliver() {
      const results = untold.splice(0);
      if (results.length > 0 && !tell(results)) untold.push(...results);
    },
    tick(atMs) {
      latestMs = atMs;
      for (const job of running()) {
        if (job.waiting.length === 0 || atMs - job.startedMs < INTERIM_MS) continue;
        const interim = job.waiting.map(({ id, name }) => ({ id, name, response: stillRunning }));
        if (deliver(interim)) orphan(job);
      }
    },
    isBusy: () => untold.length > 0 || unheard.length > 0 || wanted().length > 0,
    runsSince() {
      const begun = wanted().map(({ startedMs }) => startedMs);
      return begun.length === 0 ? undefined : Math.min(...begun);
    },
  };
}

const stillRunning: JsonObject = {
  ok: false,
  status: 'running',
  hint: 'It takes longer. Tell the caller so and go on talking; you will be told the result. Do not call it again.',
};

function objectOf(args: Json): JsonObject {
  return typeof args === 'object' && args !== null && !isList(args) ? args : {};
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

/** A vendor's id as it stands where it is fit for a workflow's id, else its digest. */
function functionCallIdOf(id: string): string {
  return /^[\w.-]{1,80}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 40);
}
