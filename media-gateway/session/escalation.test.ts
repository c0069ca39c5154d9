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

// All cases of both numbers, as written and as some say them.
it.each([
  ['stížnost', 'stížnost stížnosti stížností stížnostem stížnostech stížnostmi stížnostma'],
  [
    'právník',
    'právník právníka právníkovi právníku právníkem právníci právníků právníkům právnících právníky právníkama',
  ],
  ['inspekce', 'inspekce inspekci inspekcí inspekcím inspekcích inspekcemi inspekcema'],
  ['vedoucí', 'vedoucí vedoucího vedoucímu vedoucím vedoucích vedoucími vedoucíma'],
  ['advokát', 'advokát advokáta advokátovi advokáte advokátem advokáti advokátů advokátům advokátech advokáty'],
  ['žaloba', 'žaloba žaloby žalobě žalobu žalobou žalob žalobám žalobách žalobami'],
  ['ředitel', 'ředitel ředitele řediteli ředitelem ředitelé ředitelů ředitelům ředitelích'],
  ['policie', 'policie policii policií'],
  ['odškodnění', 'odškodnění odškodněním odškodněních odškodněními'],
  ['posudek', 'posudek posudku posudkem posudky posudků posudkům posudcích'],
  ['schůzka', 'schůzka schůzky schůzce schůzku schůzkou schůzek schůzkám schůzkách schůzkami'],
  ['dluh', 'dluh dluhu dluhem dluhy dluhů dluhům dluzích'],
  ['soud', 'soud soudu soudem soudy soudů soudům soudech'],
  ['podvod', 'podvod podvodu podvodem podvody podvodů podvodům podvodech'],
  ['ombudsman', 'ombudsman ombudsmana ombudsmanovi ombudsmanem'],
])('knows "%s" in all its forms, with and without accents', (keyword, forms) => {
  const known = createEscalationFinder([keyword]);
  for (const form of forms.split(' ')) {
    expect([form, known(`S tím ${form}, prosím.`)]).toEqual([form, keyword]);
    const plain = form.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase();
    expect([plain, known(plain)]).toEqual([plain, keyword]);
  }
});

it.each([
  ['complaint', 'complaint complaints COMPLAINTS complaint’s'],
  ['lawyer', 'lawyer lawyers lawyer’s'],
  ['attorney', 'attorney attorneys'],
  ['loss', 'loss losses'],
  ['inquiry', 'inquiry inquiries'],
])('knows "%s" in both numbers of English', (keyword, forms) => {
  const known = createEscalationFinder([keyword]);
  for (const form of forms.split(' ')) expect([form, known(`About these ${form}, please.`)]).toEqual([form, keyword]);
});

it.each([
  ['právník', 'právo právem práva právě pravidelně pravda správný správník'],
  ['právo', 'právě pravda pravdu pravidlo pravděpodobně správný'],
  ['stížnost', 'stíž stíhat tížnost stisk'],
  ['inspekce', 'inspirace inspektor inspekčního perspektiva'],
  ['soud', 'soused soudek soudruh osud posoudit'],
  ['dluh', 'dlouhý dlužník'],
  ['advokát', 'avokádo advokátka'],
  ['vedoucí', 'vedle vedou vedení'],
])('does not take other words for "%s"', (keyword, words) => {
  const known = createEscalationFinder([keyword]);
  for (const word of words.split(' ')) expect([word, known(`Myslím ${word} přece.`)]).toEqual([word, undefined]);
});

it.each(['Kde je moje objednávka?', 'pravidelně', 'I want my parcel', 'stíž', ''])('finds none in "%s"', (text) => {
  expect(find(text)).toBeUndefined();
});

it('finds nothing for an assistant without keywords', () => {
  expect(createEscalationFinder([])('stížnost')).toBeUndefined();
});
