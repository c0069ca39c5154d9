/**
 * `main.ts PORT MODEL_PORT`: the least that can stand between carrier and model, to compare a gateway with: it passes
 * the payloads on, both ways, and does nothing else: no codec, no check, no pacing, no account.
 */
import process from 'node:process';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

const [port, modelPort] = process.argv.slice(2).map(Number);
const server = new WebSocketServer({ port: port ?? 0, host: '127.0.0.1', perMessageDeflate: false });

server.on('connection', (carrier) => {
  const model = new WebSocket(`ws://127.0.0.1:${modelPort}/relay`, { perMessageDeflate: false });
  let streamSid = '';
  model.on('open', () => {
    model.send('{"setup":{}}');
    model.send('{"realtimeInput":{"text":"begin"}}');
  });
  carrier.on('message', (data) => {
    const message: CarrierMessage = JSON.parse(textOf(data));
    if (message.start) ({ streamSid } = message);
    if (!message.media || model.readyState !== WebSocket.OPEN) return;
    const { payload } = message.media;
    model.send(`{"realtimeInput":{"audio":{"data":"${payload}","mimeType":"audio/pcm;rate=8000"}}}`);
  });
  model.on('message', (data) => {
    const message: ModelMessage = JSON.parse(textOf(data));
    for (const { inlineData } of message.serverContent?.modelTurn?.parts ?? []) {
      carrier.send(`{"event":"media","streamSid":"${streamSid}","media":{"payload":"${inlineData?.data ?? ''}"}}`);
    }
  });
  for (const socket of [carrier, model]) {
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      carrier.terminate();
      model.terminate();
    });
  }
});

interface CarrierMessage {
  streamSid: string;
  start?: object;
  media?: { payload: string };
}

interface ModelMessage {
  serverContent?: { modelTurn?: { parts?: readonly { inlineData?: { data?: string } }[] } };
}

function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : '';
}
