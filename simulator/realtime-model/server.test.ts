import { FunctionResponseScheduling, GoogleGenAI, Type, type LiveServerMessage } from '@google/genai';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { loadPhraseBook, phrasePcm } from '../speech/phrase-book.ts';
import { startRealtimeModel, type RealtimeModelServer } from './server.ts';
import { connectClient, greetMe, testSpeed, transcript, type TestClient } from './test-client.ts';

vi.setConfig({ testTimeout: 30_000 });

let server: RealtimeModelServer;
beforeAll(async () => {
  server = await startRealtimeModel({ port: 0, speed: testSpeed });
});
afterAll(() => server.close());

const text = (id: string): string => loadPhraseBook().byId(id).text;
const complete = (message: LiveServerMessage): boolean => message.serverContent?.turnComplete === true;
const orderStatus = { functionDeclarations: [{ name: 'order_status' }, { name: 'end_call' }] };

async function greeted(client: TestClient): Promise<number> {
  client.session.sendClientContent(greetMe);
  await client.next(complete);
  return client.messages.length;
}

function audioMs(messages: readonly LiveServerMessage[]): number {
  const bytes = messages.reduce((sum, message) => sum + Buffer.from(message.data ?? '', 'base64').length, 0);
  return bytes / 48;
}

test('greets when asked to, faster than real time, and completes the turn when it has been played', async () => {
  const client = await connectClient(server.url, 'sim-demo-cs');
  await greeted(client);
  const phrase = loadPhraseBook().byId('cs-assistant-greeting');
  expect(Math.abs(audioMs(client.messages) - phrase.durationMs)).toBeLessThan(5);
  expect(transcript(client.messages, 'output')).toBe(phrase.text);
  const generated = client.messages.findIndex((message) => message.serverContent?.generationComplete);
  const ended = client.messages.findIndex(complete);
  expect(generated).toBeGreaterThan(0);
  expect(ended).toBeGreaterThan(generated);
  expect(client.messages[ended]?.usageMetadata?.responseTokenCount).toBe(Math.round((phrase.durationMs * 25) / 1000));
  client.close();
});

test('understands what it hears, calls the tool, speaks its answer and ends the call', async () => {
  const client = await connectClient(server.url, 'sim-demo-cs', { tools: [orderStatus] });
  let from = await greeted(client);
  client.say('cs-caller-order-status');
  const { toolCall } = await client.next((message) => message.toolCall !== undefined, from);
  const [call] = toolCall?.functionCalls ?? [];
  expect(call).toMatchObject({ name: 'order_status', args: { order_number: '4711' } });
  client.session.sendToolResponse({
    functionResponses: [
      {
        id: call?.id,
        name: call?.name,
        response: { ok: true, status: 'on the way' },
        scheduling: FunctionResponseScheduling.WHEN_IDLE,
      },
    ],
  });
  await client.next((message) => message.serverContent?.outputTranscription?.text?.includes('dalšího') === true, from);
  expect(transcript(client.messages, 'input')).toBe(text('cs-caller-order-status'));
  expect(transcript(client.messages.slice(from), 'output')).toContain(text('cs-assistant-order-on-the-way'));
  from = client.messages.length;
  await client.next(complete, from);
  client.say('cs-caller-goodbye');
  const end = await client.next((message) => message.toolCall !== undefined, from);
  expect(end.toolCall?.functionCalls?.[0]?.name).toBe('end_call');
  client.close();
});

test('is interrupted: no more audio, no generationComplete, and the interrupting sentence is answered', async () => {
  const client = await connectClient(server.url, 'sim-demo-en');
  const from = await greeted(client);
  client.say('en-caller-returns');
  await client.next((message) => message.data !== undefined, from);
  client.say('en-caller-wait-delivery');
  await client.next((message) => message.serverContent?.interrupted === true, from);
  const cut = client.messages.findIndex((message) => message.serverContent?.interrupted);
  const ended = client.messages.findIndex((message, n) => n > cut && complete(message));
  expect(client.messages.slice(from, ended).some((message) => message.serverContent?.generationComplete)).toBe(false);
  await client.next(complete, ended + 1);
  expect(transcript(client.messages.slice(ended), 'output')).toContain(text('en-assistant-delivery-window'));
  client.close();
});

test('does not understand distorted speech and writes nothing down for it', async () => {
  const client = await connectClient(server.url, 'sim-demo-en');
  const from = await greeted(client);
  // Half the rate is claimed: everything is an octave too low.
  client.session.sendRealtimeInput({
    audio: { data: Buffer.alloc(640).toString('base64'), mimeType: 'audio/pcm;rate=16000' },
  });
  const pcm = phrasePcm(loadPhraseBook().byId('en-caller-hello'), 24000);
  client.session.sendRealtimeInput({
    audio: {
      data: Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64'),
      mimeType: 'audio/pcm;rate=16000',
    },
  });
  await client.next(complete, from);
  expect(transcript(client.messages.slice(from), 'input')).toBe('');
  expect(transcript(client.messages.slice(from), 'output')).toBe(text('en-assistant-not-understood'));
  client.close();
});

test('goes away and is resumed by handle, but not while the old connection is open', async () => {
  const client = await connectClient(server.url, 'sim-demo-cs', { sessionResumption: {} });
  await greeted(client);
  const record = server.sessions.at(-1)?.record;
  await fetch(`${server.url}/_sim/sessions/${record?.id}/trap`, { method: 'POST', body: '{"name":"go-away"}' });
  const away = await client.next((message) => message.goAway !== undefined);
  expect(away.goAway?.timeLeft).toBe('5s');
  const handle = away.sessionResumptionUpdate?.newHandle ?? '';
  expect(handle).not.toBe('');
  await expect(connectClient(server.url, 'sim-demo-cs', { sessionResumption: { handle } })).rejects.toThrow(/1011/);
  client.close();
  await client.closed;
  const resumed = await connectClient(server.url, 'sim-demo-cs', { sessionResumption: { handle } });
  resumed.session.sendRealtimeInput({ text: 'The line was lost for a moment.' });
  await resumed.next(complete);
  expect(transcript(resumed.messages, 'output')).toBe(text('cs-assistant-reconnected'));
  resumed.close();
});

test('a session that is given the history goes on instead of greeting', async () => {
  const client = await connectClient(server.url, 'sim-gateway-killed');
  client.session.sendClientContent({
    turns: [
      { role: 'user', parts: [{ text: 'Dobrý den' }] },
      { role: 'model', parts: [{ text: 'Dobrý den, tady virtuální asistentka.' }] },
    ],
    turnComplete: false,
  });
  client.session.sendRealtimeInput({ text: '(go on)' });
  await client.next(complete);
  expect(transcript(client.messages, 'output')).toContain(text('cs-assistant-reconnected'));
  expect(transcript(client.messages, 'output')).not.toContain(text('cs-assistant-greeting'));
  client.close();
});

test("the vendor's client replaces tools by a wrapper, and clears them by a bare list", async () => {
  const client = await connectClient(server.url, 'sim-two-assistants');
  await greeted(client);
  const tools = [{ functionDeclarations: [{ name: 'leave_node' }] }];
  client.session.sendContextUpdate({ systemInstruction: 'Technická podpora.', tools: { tools } });
  // @ts-expect-error a list is no wrapper, which nobody checks at run time
  client.session.sendContextUpdate({ tools });
  client.session.sendRealtimeInput({ text: '(speak)' });
  await client.next((message) => message.serverContent?.outputTranscription?.text?.includes('technická') === true);
  expect(server.sessions.at(-1)?.record.contextUpdates).toMatchObject([
    { instruction: 'Technická podpora.', tools: ['leave_node'] },
    { tools: [] },
  ]);
  client.close();
});

test('a client that signals activity itself is heard inside its signals only', async () => {
  const client = await connectClient(server.url, 'sim-demo-cs', {
    realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
  });
  const pcm = phrasePcm(loadPhraseBook().byId('cs-caller-opening-hours'), 16000);
  const audio = {
    data: Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64'),
    mimeType: 'audio/pcm;rate=16000',
  };
  client.session.sendRealtimeInput({ audio });
  client.session.sendRealtimeInput({ activityStart: {} });
  client.session.sendRealtimeInput({ audio });
  client.session.sendRealtimeInput({ activityEnd: {} });
  await client.next(complete);
  expect(transcript(client.messages, 'output')).toBe(text('cs-assistant-opening-hours'));
  expect(server.sessions.at(-1)?.record.heard).toHaveLength(1);
  expect(server.sessions.at(-1)?.record.outsideActivityMs).toBeGreaterThan(1400);
  client.close();
});

test('a bad key, a bad path and a forbidden upgrade are refused before anything else', async () => {
  await expect(connectClient(server.url, 'nobody')).rejects.toThrow(/1008.*API key not valid/);
  await expect(connectClient(`${server.url}/elsewhere`, 'sim-nobody')).rejects.toThrow(/1008/);
  await expect(connectClient(server.url, 'sim-demo-cs.handshake-403')).rejects.toThrow(/403/);
  const response = await fetch(`${server.url}/v1beta/models/gemini-3.5-flash:generateContent`, { method: 'POST' });
  expect(response.status).toBe(400);
});

test('the control API binds keys, arms traps, and shows sessions and violations', async () => {
  const put = (body: unknown): Promise<Response> =>
    fetch(`${server.url}/_sim/keys/tenant-7`, { method: 'PUT', body: JSON.stringify(body) });
  expect((await put({ scenario: 'nobody' })).status).toBe(400);
  expect((await put({ scenario: 'demo-cs', traps: ['nobody'] })).status).toBe(400);
  expect((await put({ scenario: 'demo-cs', traps: ['quota-exceeded'] })).status).toBe(200);
  await expect(connectClient(server.url, 'tenant-7')).rejects.toThrow(/1011.*RESOURCE_EXHAUSTED/);
  await expect(connectClient(server.url, 'tenant-7', {}, 'gemini-9')).rejects.toThrow(/1008.*gemini-9/);
  const sessions: unknown = await (await fetch(`${server.url}/_sim/sessions?key=tenant-7`)).json();
  expect(sessions).toMatchObject([
    { key: 'tenant-7', scenario: 'demo-cs', closed: { code: 1011 }, sprung: [{ trap: 'quota-exceeded' }] },
    { key: 'tenant-7', closed: { code: 1008 }, setup: { model: 'models/gemini-9' } },
  ]);
  const violations: unknown = await (await fetch(`${server.url}/_sim/violations`)).json();
  expect(violations).toMatchObject(expect.arrayContaining([expect.objectContaining({ key: 'tenant-7' })]));
});

test('REST answers with text, with JSON by schema, and as a stream', async () => {
  const ai = new GoogleGenAI({ apiKey: 'sim-demo-en', httpOptions: { baseUrl: server.url, apiVersion: 'v1beta' } });
  const plain = await ai.models.generateContent({ model: 'gemini-3.5-flash', contents: 'Summarise the call.' });
  expect(plain.text).toContain('4711');
  const json = await ai.models.generateContent({
    model: 'gemini-3.5-flash',
    contents: 'Rate the call.',
    config: {
      responseMimeType: 'application/json',
      responseSchema: { type: Type.OBJECT, properties: { score: { type: Type.INTEGER, minimum: 1, maximum: 5 } } },
    },
  });
  expect(JSON.parse(json.text ?? '')).toEqual({ score: 3 });
  const stream = await ai.models.generateContentStream({ model: 'gemini-3.5-flash', contents: 'Again.' });
  let streamed = '';
  for await (const part of stream) streamed += part.text ?? '';
  expect(streamed).toBe(plain.text);
  await expect(ai.models.generateContent({ model: 'nobody', contents: 'x' })).rejects.toMatchObject({ status: 404 });
});
