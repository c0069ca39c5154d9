import { expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import { createModelHealth } from './model-health.ts';

const away = new AppError('model-unavailable', 'away');

it('takes models for gone after three failures in a row, until one opens or nobody has tried for a minute', () => {
  let atMs = 0;
  const models = createModelHealth(() => atMs);
  models.failed(away);
  models.failed(new Error('socket'));
  expect(models.answer()).toBe(true);
  models.failed(away);
  expect(models.answer()).toBe(false);
  models.opened();
  expect(models.answer()).toBe(true);
  for (let n = 0; n < 3; n++) models.failed(away);
  atMs = 60_001;
  expect(models.answer()).toBe(true);
});

it('does not mind that a key is refused', () => {
  const models = createModelHealth(() => 0);
  for (let n = 0; n < 5; n++) models.failed(new AppError('model-refused', 'key'));
  expect(models.answer()).toBe(true);
});
