import { once } from 'node:events';
import { pino } from 'pino';
import { afterAll, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { RealtimeModel, SessionConfig } from '../../contracts/realtime-model.ts';
import { GeminiLiveAdapter } from './gemini-live-adapter.ts';
import type { ModelAdapterDeps } from './model-adapter-deps.ts';
import { OpenAIRealtimeModel } from './openai-realtime-model.ts';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
afterAll(() => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});

/** A vendor who opens a session and then reads no more. */
async function deafVendor(): Promise<string> {
  if (!server.address()) await once(server, 'listening');
  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    socket.send(JSON.stringify({ type: 'session.created' }));
    socket.once('message', () => {
      socket.send(JSON.stringify({ setupComplete: {} }));
      socket.send(JSON.stringify({ type: 'session.updated' }));
      socket.pause();
    });
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

it.each([
  { modelId: 'gemini-3.8-live', create: (deps: ModelAdapterDeps): RealtimeModel => new GeminiLiveAdapter(deps) },
  { modelId: 'gpt-realtime', create: (deps: ModelAdapterDeps): RealtimeModel => new OpenAIRealtimeModel(deps) },
])('$modelId: audio that the connection does not take is dropped and counted', async ({ modelId, create }) => {
  let dropped = 0;
  const model = create({ log: pino({ level: 'silent' }), onAudioDropped: () => (dropped += 1) });
  const config: SessionConfig = {
    modelId,
    apiKey: 'k',
    baseUrl: await deafVendor(),
    systemInstruction: '',
    language: 'cs',
    voice: 'v',
    latencyProfile: 'balanced',
    bargeIn: true,
    activity: 'client',
    tools: [],
    connectTimeoutMs: 2000,
  };
  const { sessionId } = await model.startSession(config);
  const second = Buffer.alloc(32_000);
  for (let sent = 0; dropped === 0 && sent < 2000; sent++) await model.sendAudio(sessionId, second);
  expect(dropped).toBe(1);
  await model.stopSession(sessionId);
});
