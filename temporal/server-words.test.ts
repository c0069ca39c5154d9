import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { passOnWords } from './server-words.ts';

const stopsWhile = (operation: string, error: string): string =>
  `time=2026-11-26T16:22:05.965 level=ERROR msg="Persistent store operation failure" component=matching-engine ` +
  `wf-task-queue-name=calls store-operation=${operation} error="${error}" ack-level=<2000,3> wf-task-queue-type=Workflow`;
const other = 'time=2026-11-26T16:22:05.965 level=ERROR msg="Unable to bind" error="address in use"';

it('passes on all that a server says but that its stop cut off what it was tidying up', async () => {
  const words = new PassThrough();
  const written: string[] = [];
  const first = Promise.withResolvers<void>();
  let isStopping = false;
  passOnWords(
    words,
    () => isStopping,
    (line) => {
      written.push(line);
      first.resolve();
    },
  );
  const cutOff = stopsWhile('complete-tasks-less-than', 'context canceled');
  const failed = stopsWhile('complete-tasks-less-than', 'database is locked');

  words.write(`${cutOff}\n`);
  await first.promise;
  isStopping = true;
  words.end(`${cutOff}\n${failed}\n${other}\n`);
  await once(words, 'close');
  expect(written).toEqual([cutOff, failed, other].map((line) => `${line}\n`));
});
