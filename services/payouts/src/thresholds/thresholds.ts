import { earningsEventTypes, prefixes, readEventOf, streams } from '@carat/domain';
import { type EventStore, follow, readWholeStream, type StoredEvent } from '@carat/event-store';
import { foldStream, standingFold } from '@carat/history';
import type { Clock, Logger } from '@carat/service-kit';
import { appendDecided } from '../append.ts';
import type { Threshold } from '../config.ts';
import { limits } from '../limits.ts';
import type { Loop } from '../loop.ts';
import { nearThresholds } from './paid.ts';

type Dependencies = {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly thresholds: readonly Threshold[];
  readonly log: Logger;
};

/** Tells, once per period, of creators who were paid so much that they come near a threshold. */
const createTelling = ({ store, clock, thresholds, log }: Dependencies) => {
  return async (creator: string): Promise<void> => {
    const stored = await readWholeStream(store, streams.earnings(creator), limits.streamPageEvents);
    const events = stored.map((event) => readEventOf(earningsEventTypes, event));
    const stream = foldStream(store, standingFold(creator));
    for (let decisions = 0; decisions < limits.maxDecisions; decisions++) {
      const { state, expected } = await stream.read();
      const neared = nearThresholds(thresholds, creator, events, state, clock.now());
      if (neared.length === 0) return;
      if (!(await appendDecided(store, streams.standing(creator), expected, neared))) continue;
      for (const { data } of neared) log.info(data, 'a creator comes near a threshold');
      return;
    }
  };
};

/** Whether a payment may count in a period of now. */
const isRecent = ({ type, data }: StoredEvent, now: number): boolean =>
  type === 'PayoutPaid' &&
  typeof data.at === 'number' &&
  new Date(data.at).getUTCFullYear() >= new Date(now).getUTCFullYear();

/**
 * Follows the log for payments, from its start: so a threshold that was configured later is told of too, and
 * nothing is missed by a process that died. Without thresholds nothing is followed.
 */
export const startThresholds = (dependencies: Dependencies): Loop => {
  const { store, clock, thresholds, log } = dependencies;
  if (thresholds.length === 0) return { fault: () => undefined, stop: async () => {} };
  const tell = createTelling(dependencies);
  let fault: string | undefined;
  const follower = follow(store, {
    prefixes: [prefixes.earnings],
    pageEvents: limits.followPageEvents,
    onPage: async ({ events }) => {
      const paid = events.filter((event) => isRecent(event, clock.now()));
      for (const creator of new Set(paid.map(({ data }) => String(data.creator)))) await tell(creator);
      fault = undefined;
    },
    onError: (error) => {
      fault = error instanceof Error ? error.message : String(error);
      log.warn({ err: error }, 'thresholds could not be looked at');
    },
  });
  return { fault: () => fault, stop: () => follower.stop() };
};
