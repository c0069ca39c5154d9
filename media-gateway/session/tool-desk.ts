/**
 * Runs the model's calls of tools and hands it the results.
 *
 * Invariants:
 * D1 At most `MAX_RUNNING` run at once; each further one is refused with words that the model understands.
 * D2 The same call under another id, while the first runs or shortly after, runs nothing: it gets the first one's result.
 * D3 A cancelled call runs to its end; its result is not delivered.
 * D4 A result that could not be delivered is kept and delivered when the model is back.
 */
import { createHash } from 'node:crypto';
import type { ModelToolResult } from '../../contracts/realtime-model.ts';
import type { Json, JsonObject, ToolDefinition, ToolResult } from '../../contracts/tools.ts';
import { asModelResult } from './model-tools.ts';

export interface ToolDesk {
  call(call: ToolRequest, atMs: number): void;
  cancel(ids: readonly string[]): void;
  /** Delivers what the model could not be told. */
  redeliver(): void;
  /** Whether the model waits for a result. */
  isBusy(): boolean;
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
}

const MAX_RUNNING = 8;
const REPEAT_MS = 5000;

interface Job {
  readonly key: string;
  waiting: ToolRequest[];
  result?: ToolResult;
  readonly startedMs: number;
}

export function createToolDesk({ tools, run, deliver }: ToolDeskDeps): ToolDesk {
  let jobs: Job[] = [];
  let undelivered: ModelToolResult[] = [];

  const answer = (results: readonly ModelToolResult[]): void => {
    if (results.length > 0 && !deliver(results)) undelivered.push(...results);
  };
  const finish = (job: Job, result: ToolResult): void => {
    job.result = result;
    answer(job.waiting.splice(0).map((call) => asModelResult(call, result)));
  };
  const running = (): number => jobs.filter(({ result }) => result === undefined).length;

  return {
    call(request, atMs) {
      const tool = tools.find(({ name }) => name === request.name);
      if (!tool)
        return answer([
          asModelResult(request, refusal('unknown-tool', 'There is no such function. Go on without it.')),
        ]);
      jobs = jobs.filter((job) => job.result === undefined || atMs - job.startedMs < REPEAT_MS);
      const key = JSON.stringify([request.name, request.args]);
      const same = jobs.find((job) => job.key === key);
      if (same?.result) return answer([asModelResult(request, same.result)]);
      if (same) {
        same.waiting.push(request);
        return undefined;
      }
      if (running() >= MAX_RUNNING) {
        const busy = refusal(
          'too-many-calls',
          'Too many functions are running. Wait for their results, then try again.',
        );
        return answer([asModelResult(request, busy)]);
      }
      const job: Job = { key, waiting: [request], startedMs: atMs };
      jobs.push(job);
      void run({ functionCallId: functionCallIdOf(request.id), tool, args: objectOf(request.args) }).then((result) => {
        return finish(job, result);
      });
    },
    cancel(ids) {
      for (const job of jobs) job.waiting = job.waiting.filter(({ id }) => !ids.includes(id));
      undelivered = undelivered.filter(({ id }) => !ids.includes(id));
    },
    redeliver() {
      answer(undelivered.splice(0));
    },
    isBusy: () => undelivered.length > 0 || jobs.some(({ waiting }) => waiting.length > 0),
  };
}

function refusal(error: string, hint: string): ToolResult {
  return { status: 'failed', error, retryable: false, hint, attempts: 0, latencyMs: 0 };
}

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
