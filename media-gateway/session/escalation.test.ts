import { expect, it } from 'vitest';
import { createEscalationFinder } from './escalation.ts';

const find = createEscalationFinder(['stížnost', 'právník', 'inspekce', 'vedoucí', 'I want my money back']);

it.each([
  ['Chci podat stížnost.', 'stížnost'],
  ['Budu si STEZOVAT? Ne, podám STIZNOSTI!', 'stížnost'],
  ['to řeknu právníkovi', 'právník'],
  ['půjdu s právníky k vám', 'právník'],
  ['zavolám inspekci', 'inspekce'],
  ['pošlu na vás inspekcemi', 'inspekce'],
  ['Mám u vás už dvě stížnosti.', 'stížnost'],
  ['Přijdu s PRAVNIKEM', 'právník'],
  ['Dejte mi vašeho vedoucího!', 'vedoucí'],
  ['Well, I want my money back now', 'I want my money back'],
])('finds a keyword in "%s"', (text, keyword) => {
  expect(find(text)).toBe(keyword);
});

it.each(['Kde je moje objednávka?', 'pravidelně', 'I want my parcel', 'stíž', ''])('finds none in "%s"', (text) => {
  expect(find(text)).toBeUndefined();
});

it('finds nothing for an assistant without keywords', () => {
  expect(createEscalationFinder([])('stížnost')).toBeUndefined();
});
