import { defineConfig } from 'vitest/config';

const everywhere = (suffix: string) => [`{packages,services,infra,test}/**/*${suffix}`];

/** The suffix tells the cost: `.spec` is pure, `.int.spec` has one real server, `.e2e.spec` the whole. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: everywhere('.spec.ts'),
          exclude: ['**/node_modules/**', '**/*.int.spec.ts', '**/*.e2e.spec.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: everywhere('.int.spec.ts'),
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: everywhere('.e2e.spec.ts'),
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
    ],
  },
});
