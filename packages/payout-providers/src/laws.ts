import { describe, it } from 'vitest';
import { failingLaws } from './laws/failing.ts';
import { proveHistories } from './laws/histories.ts';
import { listingLaws } from './laws/listing.ts';
import { lookingLaws } from './laws/looking.ts';
import { payingLaws } from './laws/paying.ts';
import type { Abilities, Laws, Subject } from './laws/subject.ts';
import { tellingLaws } from './laws/telling.ts';

export type { Abilities, Fate, Moved, Subject } from './laws/subject.ts';

/** Generous, for machines that are slow: no law is about speed. */
const lawTimeoutMs = 60_000;
const historiesTimeoutMs = 120_000;
const defaultHistories = 40;

/** The laws that one fresh provider shows, by chapters. */
export const chapters: Readonly<Record<string, Laws>> = {
  paying: payingLaws,
  failing: failingLaws,
  looking: lookingLaws,
  listing: listingLaws,
  telling: tellingLaws,
};

/**
 * The laws that every payout provider keeps, as a suite: an adapter is done when all of it passes over a
 * double whose rules are the provider's own.
 *
 * @param name of the provider
 * @param open makes one fresh provider per call, with nothing paid
 * @param abilities what it is able to; what it lacks is proved to be missing
 * @param histories how many random histories are played
 */
export const payoutProviderLaws = (
  name: string,
  open: () => Promise<Subject>,
  abilities: Abilities,
  histories = defaultHistories,
): void => {
  describe(`${name} keeps the laws of payout providers`, () => {
    for (const [chapter, laws] of Object.entries(chapters)) {
      describe(chapter, () => {
        for (const [law, prove] of Object.entries(laws)) {
          const proveFresh = async (): Promise<void> => {
            const subject = await open();
            try {
              await prove(subject, abilities);
            } finally {
              await subject.close();
            }
          };
          it(law, proveFresh, lawTimeoutMs);
        }
      });
    }
    it('pays each key once in any history', proveHistories(open, histories), historiesTimeoutMs);
  });
};
