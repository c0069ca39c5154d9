import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { publicUrl, useVoiceProvider } from '../test/voice-provider-stage.ts';
import { callbackUrls } from './callback-urls.ts';

const stage = useVoiceProvider();

/** Where callers are forked to: what each connection is told. */
async function startListener() {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  onTestFinished(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await stage().network.control('PUT', '/hosts', { 'media-two.switchboard.test': `127.0.0.1:${port}` });
  return {
    /** The next connection: its beginning, and the first sound. */
    async next() {
      const [socket, request] = await once(server, 'connection');
      const messages: unknown[] = [];
      socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
      await expect.poll(() => messages.length, { timeout: 5000 }).toBeGreaterThan(2);
      return { messages, path: String(request.url), close: () => socket.close(1000) };
    },
  };
}

it('has a caller heard at another address too, until that hangs up, whatever the call does meanwhile', async () => {
  const { provider, network, runningCall } = stage();
  const listener = await startListener();
  const { callId, carrierCallId } = await runningCall();
  const connected = listener.next();
  await provider.sendEvent(callId, { type: 'fork', url: 'wss://media-two.switchboard.test/media', token: 'a.b' });
  const fork = await connected;
  expect(fork.path).toBe('/media');
  expect(fork.messages.slice(0, 3)).toMatchObject([
    { event: 'connected' },
    { event: 'start', start: { callSid: carrierCallId, tracks: ['inbound'], customParameters: { fork: 'a.b' } } },
    { event: 'media', media: { track: 'inbound' } },
  ]);
  const url = callbackUrls({ publicUrl, tenantId: 'acme', callId }).next(1, 'done');
  fork.close();
  await provider.sendEvent(callId, { type: 'redirect', url });
  const { alerts, timeline } = await network.ended(carrierCallId);
  expect(alerts).toEqual([]);
  expect(timeline.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['fork-started', 'fork-stopped']));
});

it('says of a caller who cannot be forked why', async () => {
  const { provider, network, runningCall } = stage();
  const fork = { type: 'fork', url: 'wss://media-two.switchboard.test/media', token: 'a.b' } as const;
  await expect(provider.sendEvent('nobody', fork)).rejects.toMatchObject({ code: 'call-unknown' });
  const { callId, carrierCallId } = await runningCall();
  await expect(provider.sendEvent(callId, { ...fork, url: `${fork.url}?x=1` })).rejects.toMatchObject({
    code: 'carrier-refused',
  });
  await provider.endCall(callId);
  await network.ended(carrierCallId);
  await expect(provider.sendEvent(callId, fork)).rejects.toMatchObject({ code: 'call-ended' });
});
