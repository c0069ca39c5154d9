import { expect, it } from 'vitest';
import { answerWithinMs, memoryTimeoutMs, taskTimeoutMs } from './call-start-options.ts';

/** What a started worker takes for a task, several times over. */
const workMs = 400;

it('lets another worker answer while the carrier waits, also when the dead one remembered the call and took its task', () => {
  expect(memoryTimeoutMs + taskTimeoutMs + workMs).toBeLessThan(answerWithinMs);
});
