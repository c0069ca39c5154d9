import {
  ApplicationFailure,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  defineQuery,
  defineSignal,
  condition,
  sleep,
} from '@temporalio/workflow';

export const echo = defineQuery<string>('echo');
export const tell = defineSignal<[string]>('tell');

/** Puts a secret wherever a workflow can put one, and then fails with it. */
export async function leakyWorkflow(secret: string): Promise<never> {
  let told: string | undefined;
  setHandler(echo, () => secret);
  setHandler(tell, (text) => {
    told = text;
  });
  setCurrentDetails(`details of ${secret}`);
  const { leakyActivity } = proxyActivities<{ leakyActivity: (secret: string) => Promise<string> }>({
    startToCloseTimeout: '10s',
    retry: { maximumAttempts: 1 },
  });
  await condition(() => told !== undefined);
  await sleep(1, { summary: `timer for ${secret}` });
  try {
    await leakyActivity.executeWithOptions({ summary: `activity for ${secret}` }, [secret]);
  } catch (cause) {
    throw ApplicationFailure.create({
      message: `could not reach ${secret}`,
      type: 'Leaky',
      nonRetryable: true,
      details: [{ secret, told }],
      cause: cause instanceof Error ? cause : undefined,
    });
  }
  throw ApplicationFailure.nonRetryable('the activity should have failed');
}
