import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { HandoverReadiness } from '../../contracts/messages.ts';
import { askSuccessor } from './successor.ts';

const successor = { gatewayId: 'g2', mediaUrl: 'wss://media-two.test/media' };

async function ask(answer: () => Promise<HandoverReadiness | undefined>) {
  const logged: object[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  return { hears: await askSuccessor({ prepareHandover: answer }, successor, log), logged };
}

it('believes the call that the caller is heard', async () => {
  expect(await ask(async () => ({ ready: true }))).toEqual({ hears: true, logged: [] });
});

it.each<[string, () => Promise<HandoverReadiness | undefined>]>([
  ['not-forked', async () => ({ ready: false, reason: 'not-forked' })],
  ['not-heard', async () => ({ ready: false, reason: 'not-heard' })],
  ['unanswered', async () => undefined],
  ['connect ECONNREFUSED', () => Promise.reject(new Error('connect ECONNREFUSED'))],
])('says once why he is not: %s', async (reason, answer) => {
  expect(await ask(answer)).toMatchObject({ hears: false, logged: [{ successor: 'g2', reason }] });
});

it('says nothing of a call that is over', async () => {
  expect(await ask(async () => ({ ready: false, reason: 'not-streaming' }))).toEqual({ hears: false, logged: [] });
});
