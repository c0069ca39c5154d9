import { expect, it } from 'vitest';
import { hearShortWords } from './short-word-outcomes.ts';

it('takes short words for backchannels in the middle of an answer and nowhere else', async () => {
  const words = await hearShortWords();
  const stop = words.find(({ id }) => id === 'cs-stop');
  expect(stop?.outcomes.midAnswer).toContain('backchannel');
  for (const { outcomes } of words) {
    expect(outcomes.lastWords).not.toContain('backchannel');
    expect(outcomes.twice).not.toContain('backchannel');
    expect([...outcomes.midAnswer, ...outcomes.lastWords, ...outcomes.twice]).not.toContain('unheard');
  }
}, 60_000);
