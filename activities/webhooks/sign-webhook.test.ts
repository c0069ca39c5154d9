import { expect, it } from 'vitest';
import { signedHeaders } from './sign-webhook.ts';

const body = '{"test": 2432232314}';
const of = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', atMs: 1_614_265_330_000, body };

it('signs as the specification’s own example', () => {
  expect(signedHeaders(of, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('takes any other secret as it is written, and signs nothing without one', () => {
  const { 'webhook-signature': signature } = signedHeaders(of, 'tajné');
  expect(signature).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  expect(signature).not.toBe(signedHeaders(of, 'jiné')['webhook-signature']);
  expect(signedHeaders(of, undefined)).not.toHaveProperty('webhook-signature');
});
