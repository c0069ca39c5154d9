import { setPriority } from 'node:os';
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import { loadVoiceNet } from './voice-net.ts';
import type { FromNetThread, NumberedQuestion } from './voice-net-thread.ts';

const NICE = 10; // of this thread alone: on Linux each has a priority of its own, setpriority(2)

if (process.platform === 'linux') setPriority(NICE);
const judge = await loadVoiceNet();
const send = (message: FromNetThread): void => parentPort?.postMessage(message, []);

parentPort?.on('message', ({ id, pcm, state }: NumberedQuestion) => {
  void judge(state ? { pcm, state } : { pcm }).then((answer) => send({ type: 'answer', id, ...answer }));
});
send({ type: 'ready' });
