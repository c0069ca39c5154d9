/** Whose number a call had to do with is for no report to tell: what a flow names itself stays, any other number is masked. */
import type { DialTarget } from '../../instructions.ts';
import type { Json } from '../../tools.ts';
import { isList } from '../variables.ts';
import { isObject } from '../bounds.ts';
import type { CompiledFlow } from '../compiled.ts';
import { masked } from '../masking.ts';
import type { FlowInstruction } from '../state.ts';

/** The addresses at which an instruction would reach somebody. */
export function addressesOf(instruction: FlowInstruction): string[] {
  switch (instruction.type) {
    case 'dial':
    case 'warmTransfer':
      return [targetOf(instruction.to)];
    case 'sendSms':
      return [instruction.to];
    case 'planCallback':
      return [instruction.phoneNumber];
    default:
      return [];
  }
}

export const targetOf = (to: DialTarget): string => ('phoneNumber' in to ? to.phoneNumber : to.sipUri);

/** Those that none of the flows names in its nodes. */
export function strangersAmong(addresses: Iterable<string>, flows: readonly CompiledFlow[]): string[] {
  const written = JSON.stringify(flows.map(({ nodes, subflows }) => ({ nodes, subflows })));
  return [...new Set(addresses)].filter((address) => !written.includes(JSON.stringify(address).slice(1, -1)));
}

/** Masks the addresses wherever they stand in the texts of a value; numbers also in groups, digit by digit, and cut. */
export function withoutAddresses<Value>(value: Value, addresses: readonly string[]): Value {
  if (addresses.length === 0) return value;
  const sip = addresses.filter((address) => address.includes('@'));
  const numbers = addresses.filter((address) => !address.includes('@')).map(digitsOf);
  const inText = (text: string): string =>
    sip
      .reduce((left, address) => left.replaceAll(address, masked), text)
      .replaceAll(runOfDigits, (run) => (numbers.some((number) => isPartOf(number, digitsOf(run))) ? masked : run));
  // eslint-disable-next-line typescript/no-unsafe-type-assertion -- results of replays are JSON, and texts stay texts
  return mapTexts(value as Json, inText) as Value;
}

/** Six digits and more, as they are written or spoken. */
const runOfDigits = /\+?\d(?:[\s,.()-]{0,3}\d){5,}/g;
const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

/** Nine digits are a subscriber's number without its country. */
function isPartOf(number: string, digits: string): boolean {
  return number.includes(digits) || digits.includes(number.slice(-9));
}

function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (isList(value)) return value.map((item) => mapTexts(item, map));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapTexts(each, map)]));
}
