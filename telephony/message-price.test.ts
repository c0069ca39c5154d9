import { expect, it } from 'vitest';
import { messagePrice } from './message-price.ts';

it.each([
  [{ price: '-0.05640', priceUnit: 'USD', numSegments: '2' }, 56_400, 'USD', 2],
  [{ price: '-1', priceUnit: 'czk', numSegments: null }, 1_000_000, 'CZK', 1],
  [{ price: '0', priceUnit: 'EUR', numSegments: '0' }, 0, 'EUR', 1],
])('%j', (message, amountMillionths, currency, segments) =>
  expect(messagePrice(message)).toEqual({ amountMillionths, currency, segments }),
);

it.each([
  { price: null, priceUnit: 'USD', numSegments: '1' },
  { price: '', priceUnit: 'USD', numSegments: '1' },
  { price: 'free', priceUnit: 'USD', numSegments: '1' },
  { price: '0.10', priceUnit: 'USD', numSegments: '1' },
  { price: '-0.10', priceUnit: null, numSegments: '1' },
])('is no price: %j', (message) => expect(messagePrice(message)).toBeUndefined());
