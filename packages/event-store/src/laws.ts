import { describe, it } from 'vitest';
import { abilityLaws } from './laws/abilities.ts';
import { appendLaws } from './laws/append.ts';
import { atOnceLaws } from './laws/at-once.ts';
import { proveBursts } from './laws/bursts.ts';
import { proveCrashAtRest, proveCrashes, proveEveryCrash } from './laws/crashes.ts';
import { type Capabilities, type Effort, type FreshLog, type Laws, prove } from './laws/fixtures.ts';
import { followerLaws, followingLaws } from './laws/following.ts';
import { grantLaws } from './laws/grants.ts';
import { inputLaws } from './laws/input.ts';
import { lifetimeLaws } from './laws/lifetime.ts';
import { readLaws } from './laws/reads.ts';
import { proveSequences } from './laws/sequences.ts';
import { severalStreamsLaws } from './laws/several-streams.ts';
import { wakeUpAcrossLaws, wakeUpLaws } from './laws/wake-up.ts';

export type { Capabilities, Crashing, Effort, FreshLog } from './laws/fixtures.ts';
export { asMortal } from './laws/mortal.ts';
export { sharedLog } from './laws/shared-log.ts';

/** Generous, for stores and machines that are slow: no law is about speed. */
const lawTimeoutMs = 120_000;
const propertyTimeoutMs = 240_000;

const defaultEffort: Effort = { runs: 40 };

/** The laws that one fresh log shows, by chapters, of a store with these capabilities. */
export const chaptersOf = (capabilities: Capabilities): Readonly<Record<string, Laws>> => {
  const connections = capabilities.processes ? [false, true] : [false];
  const each = (laws: (several: boolean) => Laws): Laws => Object.assign({}, ...connections.map(laws));
  return {
    appending: appendLaws,
    'appending to several streams': severalStreamsLaws,
    reading: readLaws,
    input: inputLaws,
    'at once': each(atOnceLaws),
    granting: each(grantLaws),
    following: { ...each(followingLaws), ...followerLaws },
    'waking up': { ...wakeUpLaws, ...(capabilities.processes && wakeUpAcrossLaws) },
    'its lifetime': lifetimeLaws,
    'what it is able to': abilityLaws(capabilities),
  };
};

type Property = (
  factory: () => Promise<FreshLog>,
  capabilities: Capabilities,
  effort: Effort,
) => Promise<void>;

/** The laws that take many logs: whatever is done, a pure model says what must come of it. */
export const propertiesOf = ({ crash }: Capabilities): Readonly<Record<string, Property>> => ({
  'L1, L3, L4, L5, L14, L18: one after the other': proveSequences,
  'L2, L8, L9, L12, L17: at once': proveBursts,
  ...(crash && {
    'L2, L24, L25, L34: a crash between any two steps of some appends': proveEveryCrash,
    'L2, L4, L24, L25, L34: a crash at any time of any appends': proveCrashes,
    'L34: a crash when all is answered': proveCrashAtRest,
  }),
});

/**
 * The laws that every event store keeps, as a suite: an adapter is done when all of it passes. They are
 * numbered as they were first written down; `laws/deviations.ts` says which of those the port has dropped or
 * changed, and a spec proves that none is passed over.
 *
 * What only a fault of its own kind can show belongs into each adapter's own spec: how a backend that is
 * silent, full, away or altered by another hand looks from outside.
 *
 * @param name of the store, its version included where it has one
 * @param factory makes one fresh log per call; of a log that can't be emptied, `sharedLog` makes them
 * @param capabilities what the store is able to; what it lacks is proved to be missing
 */
export const eventStoreLaws = (
  name: string,
  factory: () => Promise<FreshLog>,
  capabilities: Capabilities,
  effort = defaultEffort,
): void => {
  describe(`${name} keeps the laws of the event store`, () => {
    for (const [chapter, laws] of Object.entries(chaptersOf(capabilities))) {
      describe(chapter, () => {
        for (const [law, proof] of Object.entries(laws)) it(law, () => prove(factory, proof), lawTimeoutMs);
      });
    }
    describe('against a model', () => {
      for (const [law, property] of Object.entries(propertiesOf(capabilities))) {
        it(law, () => property(factory, capabilities, effort), propertyTimeoutMs);
      }
    });
  });
};
