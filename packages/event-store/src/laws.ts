import { describe, it } from 'vitest';
import { appendLaws } from './laws/append.ts';
import { atOnceLaws } from './laws/at-once.ts';
import { type Capabilities, type FreshLog, type Laws, prove } from './laws/fixtures.ts';
import { inputLaws } from './laws/input.ts';
import {
  lifetimeLaws,
  noReopeningLaws,
  oneConnectionLaws,
  reopeningLaws,
  turnsLaws,
} from './laws/lifetime.ts';
import { proveAgainstModel, proveAtOnce } from './laws/property.ts';
import { readLaws } from './laws/reads.ts';
import { severalStreamsLaws } from './laws/several-streams.ts';
import { wakeUpAcrossLaws, wakeUpLaws } from './laws/wake-up.ts';

export type { Capabilities, FreshLog } from './laws/fixtures.ts';

/**
 * The laws that every event store keeps, as a suite: an adapter is done when all of it passes.
 *
 * What only a fault can show is not among them and belongs into each adapter's own spec: atomicity across a
 * crash (L2), unknown outcomes (L24), appends that settle while the backend is silent (L25), `kill -9` (L34),
 * and that what another hand has altered is not handed on.
 *
 * @param name of the store, its version included where it has one
 * @param factory makes one fresh log per call
 * @param capabilities what the store is able to; what it lacks is proved to be refused
 */
export const eventStoreLaws = (
  name: string,
  factory: () => Promise<FreshLog>,
  capabilities: Capabilities,
): void => {
  const { reopen, processes } = capabilities;
  const chapters: Record<string, Laws> = {
    appending: appendLaws,
    'appending to several streams': severalStreamsLaws,
    reading: readLaws,
    input: inputLaws,
    'at once': { ...atOnceLaws(false), ...(processes && atOnceLaws(true)) },
    'waking up': { ...wakeUpLaws, ...(processes && wakeUpAcrossLaws) },
    'its lifetime': {
      ...lifetimeLaws,
      ...(reopen ? reopeningLaws : noReopeningLaws),
      ...(processes ? turnsLaws : oneConnectionLaws),
    },
  };

  describe(`${name} keeps the laws of the event store`, () => {
    for (const [chapter, laws] of Object.entries(chapters)) {
      describe(chapter, () => {
        for (const [law, proof] of Object.entries(laws)) it(law, () => prove(factory, proof));
      });
    }
    describe('against a model', () => {
      it('one after the other', () => proveAgainstModel(factory, capabilities), 60_000);
      it('at once', () => proveAtOnce(factory, capabilities), 60_000);
    });
  });
};
