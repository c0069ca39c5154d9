/** An order as the CRM knows it. */
export interface Order {
  orderNumber: string;
  customerPhone: string;
  status: 'processing' | 'shipped' | 'delivered' | 'cancelled';
  /** Expected delivery, in words of the language that was asked for. */
  eta: { cs: string; en: string };
  items: string[];
}

export interface Customer {
  phone: string;
  name: string;
  city: string;
  orders: string[];
}

const ORDERS: readonly Order[] = [
  {
    orderNumber: '4711',
    customerPhone: '+420777000111',
    status: 'shipped',
    eta: { cs: 'zítra mezi devátou a dvanáctou', en: 'tomorrow between nine and twelve' },
    items: ['Kávovar Aroma 300'],
  },
  {
    orderNumber: '4712',
    customerPhone: '+420777000222',
    status: 'processing',
    eta: { cs: 'do pěti pracovních dnů', en: 'within five working days' },
    items: ['Mlýnek na kávu', 'Filtry, 100 kusů'],
  },
  {
    orderNumber: '4713',
    customerPhone: '+420777000111',
    status: 'delivered',
    eta: { cs: 'doručeno minulé pondělí', en: 'delivered last Monday' },
    items: ['Odvápňovač'],
  },
  {
    orderNumber: '48151623421',
    customerPhone: '+420777000222',
    status: 'shipped',
    eta: { cs: 'zítra mezi devátou a dvanáctou', en: 'tomorrow between nine and twelve' },
    items: ['Konvice'],
  },
];

const CUSTOMERS: readonly Customer[] = [
  { phone: '+420777000111', name: 'Jana Nováková', city: 'Brno', orders: ['4711', '4713'] },
  { phone: '+420777123456', name: 'Eva Dvořáková', city: 'Praha', orders: ['4711'] },
  { phone: '+420777000222', name: 'Petr Svoboda', city: 'Plzeň', orders: ['4712'] },
];

/** The order of a number; blanks and a leading hash do not matter. */
export function findOrder(orderNumber: string): Order | undefined {
  const wanted = orderNumber.replaceAll(/[\s#]/g, '');
  return ORDERS.find((order) => order.orderNumber === wanted);
}

/** The customer who is reached at a telephone number. */
export function findCustomer(phone: string): Customer | undefined {
  const wanted = phone.replaceAll(/[\s()-]/g, '');
  return CUSTOMERS.find((customer) => customer.phone === wanted);
}
