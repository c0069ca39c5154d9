import { expect, test } from 'vitest';
import { DEFAULT_POLICY, parseOverrides } from './connection-overrides.ts';

test('a URL without fragment has the default policy', () => {
  expect(parseOverrides('https://x.test/voice?a=1')).toEqual({
    ok: true,
    url: 'https://x.test/voice?a=1',
    policy: DEFAULT_POLICY,
  });
});

test('the fragment is taken off and read', () => {
  const parsed = parseOverrides('https://x.test/voice#ct=1000&rt=4000&tt=9000&rc=2&rp=all');
  expect(parsed).toEqual({
    ok: true,
    url: 'https://x.test/voice',
    policy: {
      connectMs: 1000,
      readMs: 4000,
      totalMs: 9000,
      retries: 2,
      retryOn: new Set(['4xx', '5xx', 'ct', 'rt']),
    },
  });
});

test.each(['ct=50', 'rt=16000', 'tt=x', 'rc=6', 'rp=sometimes', 'rp=5xx,always', 'zz=1', 'ct='])(
  'refuses the policy %s',
  (fragment) => {
    expect(parseOverrides(`https://x.test/#${fragment}`)).toMatchObject({ ok: false, url: 'https://x.test/' });
  },
);
