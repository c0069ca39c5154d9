import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CallReport } from './call-report.ts';
import { keepTimeline } from './kept-timeline.ts';
import { madeUpReport } from './testing/made-up-report.ts';

const wav = async (): Promise<Buffer> => Buffer.alloc(0);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard-timelines-'));
});
afterAll(async () => rm(folder, { recursive: true }));

it('keeps the timeline and the faults of a call that went wrong, and nothing of any other', async () => {
  const make = (of: CallReport) => async (write: (line: string) => void) => {
    write('1.00 s  said  hello');
    return { report: of, wav };
  };
  await keepTimeline(folder, 'right', make(madeUpReport));
  await keepTimeline(folder, 'wrong', make({ ...madeUpReport, ok: false, faults: ['nothing was heard'] }));
  const unmade = keepTimeline(folder, 'unmade', async (write) => {
    write('outbound: rings');
    throw new Error('nobody dialled');
  });
  await expect(unmade).rejects.toThrow('nobody dialled');
  expect((await readdir(folder)).toSorted()).toEqual(['unmade.txt', 'wrong.txt']);
  const wrong = await readFile(join(folder, 'wrong.txt'), 'utf8');
  expect(wrong).toMatch(/^1\.00 s {2}said {2}hello\n/);
  expect(wrong).toContain('FAULT           nothing was heard');
  expect(await readFile(join(folder, 'unmade.txt'), 'utf8')).toMatch(/FAULT +nobody dialled\n$/);
});
