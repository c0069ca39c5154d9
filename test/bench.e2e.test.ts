import { expect, it } from 'vitest';
import { startBenchStack } from '../cli/bench/bench-stack.ts';
import { measureLatency } from '../cli/bench/latency-figures.ts';
import { measureWorkerKill } from '../cli/bench/survival-figures.ts';

const sizes = { liveCalls: 4, perSecond: 4, webhookS: 2, turnS: 9, toolS: 2, historyWindowMs: 0 };

it('answers every call, webhook, turn and tool, also when a worker dies', { timeout: 240_000 }, async () => {
  const bench = await startBenchStack({});
  try {
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const figures = [
      ...(await measureLatency(bench, say, sizes)),
      await measureWorkerKill(bench, say, { calls: 3, kills: 1 }),
    ];
    const failed = figures.filter((figure) => figure.failed !== 0 || figure.value === null);
    if (failed.length > 0) console.log(lines.join('\n'));
    expect(failed).toEqual([]);
    expect(figures.map(({ name }) => name)).toEqual([
      'answer.webhookToFirstAudioMsP95',
      'turn.addedLatencyMsP99',
      'tool.addedMsP50',
      'tool.addedMsP99',
      'webhook.twimlMsP99',
      'history.eventsPer10Min',
      'survival.workerKillMsP95',
    ]);
  } finally {
    await bench.stop();
  }
});
