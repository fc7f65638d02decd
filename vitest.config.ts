import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const everywhere = (suffix: string) => [`{packages,services,infra,test}/**/*${suffix}`];
const modules = '**/node_modules/**';
/** Killed, but neither flooded nor timed: beside others, unless `npm run faults` runs them in full. */
const untimed =
  process.env.CARAT_FAULTS === 'whole'
    ? 'none'
    : 'event-store-@(damage|grants|kills|kurrentdb|wal)|healing|kills';
/** Whole systems that must have the machine to themselves, as they are killed, flooded or timed. */
const alone = [`test/faults/**/!(${untimed}).e2e.spec.ts`, 'test/e2e/{hostile,slow-clients}.e2e.spec.ts'];

/** Begun first and in this order, so that none of them is waited for alone at the end. */
const longest = [
  'test/e2e/lives.e2e.spec.ts',
  'packages/event-store/src/kurrentdb/kurrentdb.int.spec.ts',
  'services/projector/src/projector.int.spec.ts',
  'services/ops/src/park/park.int.spec.ts',
  'services/projector/src/exactly-once.int.spec.ts',
  'packages/event-store/src/kurrentdb/sending.int.spec.ts',
  'services/ops/src/board/board.int.spec.ts',
  'services/ops/src/status/status.int.spec.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const place = longest.findIndex((file) => moduleId.endsWith(file));
      return place < 0 ? longest.length : place;
    };
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

/**
 * A process that a spec starts loads what one before it compiled, which halves the processor time of its
 * start: by far most of what `carat` takes to answer.
 */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/carat-compiled') };

/**
 * Files of these projects share the processes they run in, and so what those have loaded: loading it anew for
 * each takes longer than most of the specs. Nothing of Carat is kept at module level.
 */
const shared = { isolate: false, restoreMocks: true };

/** The suffix tells the cost: `.spec` is pure, `.int.spec` has one real server, `.e2e.spec` the whole. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: everywhere('.spec.ts'),
          exclude: [modules, '**/*.int.spec.ts', '**/*.e2e.spec.ts'],
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...shared,
          name: 'integration',
          include: everywhere('.int.spec.ts'),
          env,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Most of them wait for processes they started.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: everywhere('.e2e.spec.ts'),
          exclude: [modules, ...alone],
          env,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'faults',
          include: alone,
          env,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
