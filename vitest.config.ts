import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const everywhere = (suffix: string) => [`{packages,services,infra,test}/**/*${suffix}`];
const modules = '**/node_modules/**';
/** Whole systems that must have the machine to themselves, as they are killed, flooded or timed. */
const alone = ['test/faults/**/*.e2e.spec.ts', 'test/e2e/{hostile,slow-clients}.e2e.spec.ts'];

/** Begun first, so that it is not waited for alone at the end: it plays every recorded live. */
const longest = 'test/e2e/lives.e2e.spec.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(longest);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

/** The suffix tells the cost: `.spec` is pure, `.int.spec` has one real server, `.e2e.spec` the whole. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: everywhere('.spec.ts'),
          exclude: [modules, '**/*.int.spec.ts', '**/*.e2e.spec.ts'],
        },
      },
      {
        test: {
          name: 'integration',
          include: everywhere('.int.spec.ts'),
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Most of them wait for processes they started.
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: 'e2e',
          include: everywhere('.e2e.spec.ts'),
          exclude: [modules, ...alone],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'faults',
          include: alone,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
