import { pathToFileURL } from 'node:url';

import { distortions as d, random } from './distortions.ts';
import { loadPhraseBook, phrasePcm, type Phrase } from './phrase-book.ts';
import { recognise, type Recognition } from './recogniser.ts';
import { resample } from './resample.ts';

/** One line of the table: what was done to all phrases and what the recogniser made of it. */
export interface TableRow {
  readonly name: string;
  readonly expects: 'understood' | 'refused' | 'swapped';
  readonly tried: number;
  readonly right: number;
  readonly wrong: number;
  readonly refused: number;
  /** Largest and mean distance of what was understood, dB, and its largest share of spoilt frames. */
  readonly worstMeanDb: number;
  readonly worstSpoiltShare: number;
  readonly meanMsCpu: number;
}

interface Distortion {
  readonly name: string;
  readonly expects: TableRow['expects'];
  /** From a phrase at 8 kHz to what the model receives, with the rate that is claimed for it. */
  readonly apply: (phrase: Phrase, n: number) => { pcm: Int16Array; rateHz: number };
}

/** Says every n-th phrase of the book (both languages) through each distortion. */
export function recogniserTable(rows: readonly Distortion[] = tableRows, everyNth = 1): TableRow[] {
  return rows.map(({ name, expects, apply }) => {
    let [right, wrong, refused, worstMeanDb, worstSpoiltShare, ms] = [0, 0, 0, 0, 0, 0];
    let tried = 0;
    loadPhraseBook().phrases.forEach((phrase, n) => {
      if (n % everyNth !== 0) return;
      tried++;
      const { pcm, rateHz } = apply(phrase, n);
      const before = performance.now();
      const result = recognise(pcm, rateHz);
      ms += performance.now() - before;
      const heard = idsOf(result);
      if (heard === '') refused++;
      else if (heard === (expects === 'swapped' ? partnerOf(phrase, n) : phrase).id) right++;
      else wrong++;
      if (result.understood) {
        for (const one of result.phrases) {
          worstMeanDb = Math.max(worstMeanDb, one.meanDb);
          worstSpoiltShare = Math.max(worstSpoiltShare, one.spoiltShare);
        }
      }
    });
    return { name, expects, tried, right, wrong, refused, worstMeanDb, worstSpoiltShare, meanMsCpu: ms / tried };
  });
}

const said = (phrase: Phrase): Int16Array => phrasePcm(phrase, 8000);
const up = (pcm: Int16Array): { pcm: Int16Array; rateHz: number } => ({
  pcm: resample(pcm, 8000, 16000),
  rateHz: 16000,
});
const padded = (pcm: Int16Array, n: number): Int16Array => {
  const next = random(n + 1);
  return d.silenceAround(pcm, Math.round(400 + next() * 2000), Math.round(400 + next() * 2000));
};

/** The rows, in the order in which they are printed. */
export const tableRows: readonly Distortion[] = [
  { name: 'clean, 8 kHz', expects: 'understood', apply: (p) => ({ pcm: said(p), rateHz: 8000 }) },
  { name: 'clean through mu-law and 8 -> 16 kHz', expects: 'understood', apply: (p) => up(d.mulaw(said(p))) },
  {
    name: '50 to 300 ms of silence around it',
    expects: 'understood',
    apply: (p, n) => up(d.mulaw(padded(said(p), n))),
  },
  { name: '10 dB quieter', expects: 'understood', apply: (p, n) => up(d.mulaw(padded(d.gain(said(p), -10), n))) },
  { name: '20 dB quieter', expects: 'understood', apply: (p, n) => up(d.mulaw(padded(d.gain(said(p), -20), n))) },
  { name: 'noise, 40 dB SNR', expects: 'understood', apply: (p, n) => up(d.mulaw(d.noise(padded(said(p), n), 40, n))) },
  { name: 'noise, 30 dB SNR', expects: 'understood', apply: (p, n) => up(d.mulaw(d.noise(padded(said(p), n), 30, n))) },
  {
    name: 'at 24 kHz, said so',
    expects: 'understood',
    apply: (p) => ({ pcm: resample(d.mulaw(said(p)), 8000, 24000), rateHz: 24000 }),
  },
  { name: '8 kHz called 16 kHz', expects: 'refused', apply: (p) => ({ pcm: said(p), rateHz: 16000 }) },
  {
    name: '16 kHz called 8 kHz',
    expects: 'refused',
    apply: (p) => ({ pcm: resample(said(p), 8000, 16000), rateHz: 8000 }),
  },
  {
    name: '24 kHz called 16 kHz',
    expects: 'refused',
    apply: (p) => ({ pcm: resample(said(p), 8000, 24000), rateHz: 16000 }),
  },
  {
    name: 'swapped bytes',
    expects: 'refused',
    apply: (p) => ({ ...up(said(p)), pcm: d.swappedBytes(up(said(p)).pcm) }),
  },
  {
    name: '5 % of frames silent',
    expects: 'refused',
    apply: (p, n) => up(d.lostFramesZeroed(d.mulaw(padded(said(p), n)), 8000, n)),
  },
  {
    name: '5 % of frames spliced out',
    expects: 'refused',
    apply: (p, n) => up(d.lostFramesSpliced(d.mulaw(padded(said(p), n)), 8000, n)),
  },
  {
    name: 'a click per frame',
    expects: 'refused',
    apply: (p, n) => up(d.clickPerFrame(d.mulaw(padded(said(p), n)), 8000)),
  },
  { name: 'recordings swapped in pairs', expects: 'swapped', apply: (p, n) => up(d.mulaw(said(partnerOf(p, n)))) },
];

/** Who speaks in a phrase's place when recordings are swapped: its neighbour in the book. */
function partnerOf(phrase: Phrase, n: number): Phrase {
  return loadPhraseBook().phrases[n ^ 1] ?? phrase;
}

function idsOf(result: Recognition): string {
  return result.understood ? result.phrases.map((one) => one.phrase.id).join('+') : '';
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log('done to the audio                       expected    right  wrong refused  worst dB  spoilt  ms');
  for (const row of recogniserTable()) {
    const percent = (count: number): string => `${((100 * count) / row.tried).toFixed(1)} %`.padStart(8);
    console.log(
      `${row.name.padEnd(40)}${row.expects.padEnd(10)}${percent(row.right)}${percent(row.wrong)}${percent(row.refused)}` +
        `${row.worstMeanDb.toFixed(2).padStart(8)}${(100 * row.worstSpoiltShare).toFixed(1).padStart(7)} %${row.meanMsCpu.toFixed(1).padStart(6)}`,
    );
  }
}
