import { join } from 'node:path';
import { expect, it } from 'vitest';
import { variables } from '../../contracts/config.ts';
import { envExample } from './env-example.ts';
import { simulatorVariables } from './simulator-settings.ts';

/** `npm test -- env-example -u` writes the file anew. */
it('lists every variable with its meaning and default', async () => {
  const file = join(import.meta.dirname, '..', '..', '.env.example');
  await expect(envExample({ ...variables, ...simulatorVariables })).toMatchFileSnapshot(file);
});
