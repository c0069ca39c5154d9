import { expect, test } from 'vitest';
import { useTestLab } from './test-lab.ts';

const lab = useTestLab();

test('a webhook is delivered twice with one idempotency token, and the call goes on once', async () => {
  lab.product.respond.set('/voice', () => '<Say>A high tone.</Say>');
  const record = await lab.control.wait(await lab.control.call({ switches: ['webhook-delivered-twice'] }));
  const asked = lab.product.received.filter(({ path }) => path === '/voice');
  expect(asked).toHaveLength(2);
  expect(new Set(asked.map(({ headers }) => headers['i-twilio-idempotency-token'])).size).toBe(1);
  expect(record.timeline.filter(({ kind }) => kind === 'say')).toHaveLength(1);
});

test('when an answer is lost the second one counts', async () => {
  let asked = 0;
  lab.product.respond.set('/voice', () => {
    asked += 1;
    return asked === 1 ? '<Reject/>' : '<Say>A high tone.</Say>';
  });
  const record = await lab.control.wait(await lab.control.call({ switches: ['webhook-answer-lost'] }));
  expect(record.status).toBe('completed');
});

test('status callbacks come repeated, or in swapped pairs', async () => {
  lab.product.respond.set('/voice', () => {
    return '<Dial><Number statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed">+420111222333</Number></Dial>';
  });
  const numbersWith = async (switches: string[]): Promise<(string | undefined)[]> => {
    lab.product.received.length = 0;
    await lab.control.send('PUT', '/callees/+420111222333', {
      answerAfterMs: 100,
      steps: [{ hangUp: true }],
      switches,
    });
    await lab.control.wait(await lab.control.call({}));
    return lab.product.received.filter(({ path }) => path === '/leg').map(({ form }) => form.SequenceNumber);
  };
  expect(await numbersWith(['status-callbacks-repeated'])).toEqual(['0', '0', '1', '1', '2', '2', '3', '3']);
  expect(await numbersWith(['status-callbacks-out-of-order'])).toEqual(['1', '0', '3', '2']);
});

test.each([
  ['POST', '/calls', { from: '+420777000111' }, 400],
  ['POST', '/calls', { from: '+420777000111', to: '+420999999999' }, 404],
  ['POST', '/calls', { from: 'a', to: '+420800000001', steps: [{ say: 'nothing' }] }, 400],
  ['POST', '/calls', { from: 'a', to: '+420800000001', steps: [{ sing: true }] }, 400],
  ['POST', '/calls', { from: 'a', to: '+420800000001', switches: ['gremlins'] }, 400],
  ['PUT', '/callees/+420111222333', { outcome: 'asleep' }, 400],
  ['PUT', '/traps', { name: 'media-jitter' }, 400],
  ['PUT', '/hosts', { 'a.test': 'nowhere' }, 400],
  ['PUT', '/accounts', [{ sid: 'AC1', authToken: 'x' }], 400],
  ['GET', '/calls/CA0', undefined, 404],
])('the control API refuses %s %s with %j', async (method, path, body, status) => {
  expect((await lab.control.send(method, path, body)).status).toBe(status);
});

test('the sound of a call has what was heard on one channel and what was said on the other', async () => {
  lab.product.respond.set('/voice', () => '<Say>A high tone.</Say><Pause length="1"/>');
  const callSid = await lab.control.call({ steps: [{ waitForQuiet: 100 }, { say: 'low' }, { hangUp: true }] });
  const record = await lab.control.wait(callSid);
  const wav = Buffer.from(await (await lab.control.send('GET', `/calls/${callSid}/audio.wav`)).arrayBuffer());
  const loudest = (channel: number, fromMs: number, toMs: number): number => {
    let peak = 0;
    for (let at = 44 + fromMs * 32; at < 44 + toMs * 32; at += 4) {
      peak = Math.max(peak, Math.abs(wav.readInt16LE(at + channel * 2)));
    }
    return peak;
  };
  const [heard, said] = [record.heard[0], record.said[0]];
  expect(loudest(0, heard?.startMs ?? 0, heard?.endMs ?? 0)).toBeGreaterThan(5000);
  expect(loudest(1, heard?.startMs ?? 0, heard?.endMs ?? 0)).toBe(0);
  expect(loudest(1, said?.startMs ?? 0, said?.endMs ?? 0)).toBeGreaterThan(5000);
  expect(wav.readUInt16LE(22)).toBe(2);
});
