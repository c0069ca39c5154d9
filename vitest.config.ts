import { defineConfig } from 'vitest/config';

const never = ['**/node_modules/**', '.data/**', 'dist/**'];
const shared = { pool: 'forks', maxWorkers: 2 } as const;

/** What a test needs beside it stands in its name: `x.test.ts` nothing, `x.db.test.ts` Postgres, `x.temporal.test.ts` Temporal, `x.e2e.test.ts` the whole product. */
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...never, '**/*.temporal.test.ts', '**/*.db.test.ts', '**/*.e2e.test.ts'],
          testTimeout: 10_000,
          hookTimeout: 20_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'db',
          include: ['**/*.db.test.ts'],
          exclude: never,
          globalSetup: ['./test/database-global-setup.ts'],
          testTimeout: 15_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'temporal',
          include: ['**/*.temporal.test.ts'],
          exclude: never,
          globalSetup: ['./test/temporal-global-setup.ts'],
          isolate: false,
          testTimeout: 10_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          pool: 'forks',
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          exclude: never,
          // Each starts the whole product: after all others, since calls are made in real time.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
