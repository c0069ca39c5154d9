import { expect, test } from 'vitest';
import { FORK, useForkLab } from './test-fork-lab.ts';
import { TEST_ACCOUNT } from './test-product.ts';

const lab = useForkLab();

test('it answers with the stream, and with what has become of it', async () => {
  await lab.onStreamedCall(async (streams, callSid) => {
    const created = await streams.create({ ...FORK, name: 'ear' });
    const { sid } = created;
    expect(sid).toMatch(/^MZ[0-9a-f]{32}$/);
    const uri = `/2010-04-01/Accounts/${TEST_ACCOUNT.sid}/Calls/${callSid}/Streams/${sid}.json`;
    const stream = { accountSid: TEST_ACCOUNT.sid, callSid, name: 'ear', uri };
    expect(created).toMatchObject({ ...stream, status: 'in-progress' });
    expect(created.dateUpdated).toBeInstanceOf(Date);
    expect(await streams(sid).update({ status: 'stopped' })).toMatchObject({ ...stream, sid, status: 'stopped' });
    const again = streams(sid).update({ status: 'stopped' });
    await expect(again).rejects.toMatchObject({ status: 404, code: 20_404 });
    expect((await streams.create(FORK)).name).toBeNull();
  });
});

test.each([
  [{ url: '' }, 'Missing required parameter Url'],
  [{ url: '/fork' }, 'stream URL cannot be read'],
  [{ url: 'ws://product.test/fork' }, 'scheme ws: is not wss'],
  [{ url: 'https://product.test/fork' }, 'scheme https: is not wss'],
  [{ url: 'wss://product.test/fork?token=1' }, 'query string in the stream URL'],
  [{ track: 'inbound' }, 'Invalid parameter Track'],
  [{ statusCallback: '/stream' }, 'Invalid parameter StatusCallback'],
  [{ statusCallbackMethod: 'PUT' }, 'Invalid parameter StatusCallbackMethod'],
  [{ 'parameter1.name': 'token' }, 'Parameter1 needs a name and a value'],
  [{ 'parameter7.value': 'x' }, 'Parameter7 needs a name and a value'],
  [{ 'parameter1.name': 'token', 'parameter1.value': 'x'.repeat(495) }, 'Parameter1 has 500 characters or more'],
  [
    { 'parameter1.name': 'a', 'parameter1.value': 'x', 'parameter2.name': 'a', 'parameter2.value': 'y' },
    'a is given more than once',
  ],
])('a stream with %j is refused: %s', async (parameters, reason) => {
  const record = await lab.onStreamedCall(async (streams) => {
    const create = streams.create({ ...FORK, ...(parameters as object) });
    await expect(create).rejects.toMatchObject({
      status: 400,
      code: 20_001,
      message: expect.stringContaining(reason) as string,
    });
  });
  expect(record.timeline.filter(({ kind }) => kind.startsWith('fork-'))).toEqual([]);
});

test('a parameter of 499 characters is taken', async () => {
  const peers = lab.onMessage(() => {});
  await lab.onStreamedCall(async (streams) => {
    const started = lab.told('stream-started');
    await streams.create({ ...FORK, 'parameter99.name': 'valueOf', 'parameter99.value': 'x'.repeat(492) });
    await started;
  });
  expect(peers[1]?.messages[1]?.start?.customParameters.valueOf).toHaveLength(492);
});

test('a call has at most four tracks of unidirectional streams, and no two of one name', async () => {
  await lab.onStreamedCall(async (streams) => {
    await streams.create({ ...FORK, name: 'both', track: 'both_tracks' });
    await expect(streams.create({ ...FORK, name: 'both' })).rejects.toThrow('the call has a stream both');
    await streams.create({ ...FORK, track: 'outbound_track' });
    await expect(streams.create({ ...FORK, track: 'both_tracks' })).rejects.toThrow('at most 4 tracks');
    await streams.create(FORK);
    await expect(streams.create(FORK)).rejects.toMatchObject({ status: 400, code: 20_001 });
    await streams('both').update({ status: 'stopped' });
    await streams.create({ ...FORK, name: 'both', track: 'both_tracks' });
  });
});

test('only a call in progress has streams, and only its own account may ask for them', async () => {
  const { callSid } = await lab.onStreamedCall(async (_, sid) => {
    const tenant = await lab.client.api.v2010.accounts.create({ friendlyName: 'Tenant' });
    const stranger = lab.clientOf(tenant.sid, tenant.authToken);
    await expect(stranger.calls(sid).streams.create(FORK)).rejects.toMatchObject({ status: 404, code: 20_404 });
    const wrong = lab.clientOf(TEST_ACCOUNT.sid, 'wrong');
    await expect(wrong.calls(sid).streams.create(FORK)).rejects.toMatchObject({ status: 401, code: 20_003 });
  });
  const create = lab.client.calls(callSid).streams.create(FORK);
  await expect(create).rejects.toMatchObject({ status: 400, code: 21_220 });
});

test('a path that cannot be read names no stream', async () => {
  const { callSid } = await lab.onStreamedCall(async () => {});
  const credentials = Buffer.from(`${TEST_ACCOUNT.sid}:${TEST_ACCOUNT.authToken}`).toString('base64');
  const path = `/2010-04-01/Accounts/${TEST_ACCOUNT.sid}/Calls/${callSid}/Streams/%E0%A4.json`;
  const headers = { authorization: `Basic ${credentials}` };
  const answer = await fetch(lab.network.url + path, { method: 'POST', headers });
  expect(answer.status).toBe(404);
});

test('a bidirectional stream is not ended as a unidirectional one', async () => {
  await lab.onStreamedCall(async (streams, callSid) => {
    const { streamControls } = lab.network.network.calls.get(callSid) ?? {};
    const stop = streams(streamControls?.streamSid ?? '').update({ status: 'stopped' });
    await expect(stop).rejects.toMatchObject({ status: 404, code: 20_404 });
  });
});

test('trap: streams by REST are refused, and nothing is dialled', async () => {
  const peers = lab.onMessage(() => {});
  await lab.onStreamedCall(
    async (streams) => {
      await expect(streams.create(FORK)).rejects.toMatchObject({ status: 500, code: 20_500 });
    },
    ['fork-refused'],
  );
  expect(peers).toHaveLength(1);
});
