import { defineConfig } from 'vitest/config';

const never = ['**/node_modules/**', '.data/**', 'dist/**'];
const calls = 'test/calls.e2e.test.ts';
const shared = { pool: 'forks', maxWorkers: 2 } as const;
/**
 * The scenarios' calls are played in their own time and need little of the machine: whatever waits as well runs beside
 * them, when all that computes is over. Within a group vitest takes the projects by name, so that the calls begin at once.
 */
const withCalls = { ...shared, sequence: { groupOrder: 1 } } as const;
const besideCalls = { ...withCalls, setupFiles: ['./test/give-way.ts'] };

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
          ...withCalls,
          name: 'calls',
          include: [calls],
          exclude: never,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...besideCalls,
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
          ...besideCalls,
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          exclude: [...never, calls],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...besideCalls,
          name: 'temporal',
          include: ['**/*.temporal.test.ts'],
          exclude: never,
          globalSetup: ['./test/temporal-global-setup.ts'],
          isolate: false,
          testTimeout: 10_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
