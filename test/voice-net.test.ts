import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadPhraseBook, phrasePcm } from '../simulator/speech/phrase-book.ts';
import { STEP } from '../media-gateway/turn-taking/line-judge.ts';
import { startVoiceNetThread } from '../media-gateway/turn-taking/voice-net-thread.ts';

const quiet = pino({ level: 'silent' });

/** Whole steps of a caller's phrase, and of silence. */
const spoken = phrasePcm(loadPhraseBook().byId('en-caller-returns'), 8000).slice(0, 40 * STEP);
const silence = new Int16Array(40 * STEP);

// Its runtime is compiled as the thread begins.
describe('the thread of the voice network', { timeout: 60_000 }, () => {
  it('knows a voice from silence, and goes on where it was', async () => {
    const net = startVoiceNetThread(quiet);
    onTestFinished(() => net.close());
    await net.ready;
    const whole = await net.ask({ pcm: spoken });
    const half = await net.ask({ pcm: spoken.slice(0, 20 * STEP) });
    const rest = await net.ask({ pcm: spoken.slice(20 * STEP), ...(half && { state: half.state }) });
    expect(whole?.likeness).toBeGreaterThan(0.8);
    expect(rest?.likeness).toBeCloseTo(whole?.likeness ?? 0, 5);
    expect((await net.ask({ pcm: silence }))?.likeness).toBeLessThan(0.1);
  });

  it('takes no more questions at once than it answers in time', async () => {
    const net = startVoiceNetThread(quiet);
    onTestFinished(() => net.close());
    await net.ready;
    const answers = Array.from({ length: 60 }, () => net.ask({ pcm: silence }));
    const taken = answers.filter((answer) => answer !== undefined);
    expect(taken.length).toBeLessThan(40);
    await Promise.all(taken);
    expect(await net.ask({ pcm: silence })).toBeDefined();
  });

  it('says once that it cannot be had, and is never asked', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'voice-net-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'broken.mjs');
    await writeFile(file, "throw new Error('no such model');");
    const lines = new PassThrough();
    const net = startVoiceNetThread(pino(lines), pathToFileURL(file));
    const [line] = await once(lines, 'data');
    expect(String(line)).toContain('found without it');
    await net.ready;
    expect(net.ask({ pcm: silence })).toBeUndefined();
  });
});
