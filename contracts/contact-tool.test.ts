import { expect, it } from 'vitest';
import { contactArguments, contactOf } from './contact-tool.ts';

const known = { caller: { number: '+420600000001' }, call: { id: 'CA1', number: '+420200000001' } };

it('asks the tool for what is known of the call, and leaves out what is not', () => {
  const mapping = { arguments: { phone: 'caller.number', line: 'call.number', who: 'caller.name' } };
  expect(contactArguments(mapping, known)).toEqual({ phone: '+420600000001', line: '+420200000001' });
});

it('takes the answer as it is, or what is named of it', () => {
  const answer = { customer: { name: 'Jana', orders: [{ id: 7 }] }, vip: true };
  expect(contactOf({ arguments: {} }, answer)).toEqual(answer);
  const fills = { name: 'customer.name', last: 'customer.orders.0.id', gone: 'customer.phone', odd: 'constructor' };
  expect(contactOf({ arguments: {}, fills }, answer)).toEqual({ name: 'Jana', last: 7 });
});
