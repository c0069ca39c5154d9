import { describe, expect, it } from 'vitest';
import type { DegradedPlan, DegradedStep } from '../contracts/degraded-plan.ts';
import { degradedTwiml, inlineDegradedTwiml, maxInlineCharacters } from './degraded-twiml.ts';

const plan = (...steps: DegradedStep[]): DegradedPlan => ({ language: 'cs-CZ', voiceId: 'cs-CZ-Standard-A', steps });
const words = (text: string): DegradedStep => ({ type: 'say', text });
const dial: DegradedStep = { type: 'dial', phoneNumber: '+420222999888', timeoutS: 20 };
const voicemail: DegradedStep = {
  type: 'voicemail',
  prompt: 'Nechte vzkaz.',
  maxLengthS: 60,
  apology: 'Zavolejte později.',
};
const verbs = (document: string): string[] =>
  [...document.matchAll(/<(Say|Dial|Record|Redirect|Hangup)\b/g)].map(([, verb]) => verb ?? '');
const callbacks = {
  after: (step: number, kind: string) => `https://a.test/${step}/${kind}`,
  recording: 'https://a.test/recording',
};

describe('degradedTwiml', () => {
  it.each([
    [0, ['Say', 'Dial']],
    [2, ['Say', 'Record', 'Redirect']],
    [3, ['Hangup']],
    [99, ['Hangup']],
  ])('from step %i holds %j', (from, expected) => {
    expect(verbs(degradedTwiml(plan(words('Spojuji.'), dial, voicemail), from, callbacks))).toEqual(expected);
  });

  it('names the step that waits in its callback', () => {
    expect(degradedTwiml(plan(words('Spojuji.'), dial), 0, callbacks)).toContain('action="https://a.test/1/dial"');
  });
});

describe('inlineDegradedTwiml', () => {
  it('says and dials; a voicemail becomes its apology, and no address of ours is in it', () => {
    const document = inlineDegradedTwiml(plan(words('Spojuji.'), dial, voicemail, words('nikdy')));
    expect(verbs(document)).toEqual(['Say', 'Dial', 'Say', 'Hangup']);
    expect(document).toContain('Zavolejte později.');
    expect(document).not.toMatch(/Nechte|nikdy|http|action=/);
  });

  it.each([
    ['long texts', plan(words(`${'slovo '.repeat(1000)}konec`), dial, words('&'.repeat(3000)))],
    ['many steps', plan(...Array.from({ length: 80 }, () => words('Zavolejte prosím později, děkujeme.')))],
    ['one endless word', plan(words('x'.repeat(9000)))],
  ])('stays within the carrier’s limit with %s', (_name, long) => {
    const document = inlineDegradedTwiml(long);
    expect(document.length).toBeLessThanOrEqual(maxInlineCharacters);
    expect(document.endsWith('<Hangup/></Response>')).toBe(true);
    expect(verbs(document).length).toBeGreaterThan(1);
  });

  it('keeps the number to dial where texts are shortened, and cuts between words', () => {
    const document = inlineDegradedTwiml(plan(words('slovo '.repeat(1000)), dial));
    expect(document).toContain('+420222999888');
    expect(document).toMatch(/slovo<\/Say>/);
  });
});
