import {
  type EarningsEvent,
  earningsEventTypes,
  isOnTheWay,
  payoutKeyOf,
  prefixes,
  type Redemption,
  type RedemptionStatus,
  readEventOf,
} from '@carat/domain';
import { comparePositions, type EventStore, type Position } from '@carat/event-store';
import { evolveAlone, type KnownRedemption } from '@carat/history';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';

/** Whether a redemption is asked for, or may yet become so. */
const isKept = (redemption: Redemption, asked: RedemptionStatus | undefined): boolean =>
  isOnTheWay(redemption) ||
  redemption.status === asked ||
  (asked === 'returned' && redemption.status === 'paid');

/**
 * The redemptions of a status, or all that are not at their end, oldest request first. Reads the earnings of
 * all creators; remembers those that may come to be asked for.
 * @throws CommandError where there are more than are remembered; EventStoreError, UnreadableEvent
 */
export const readRedemptions = async (
  store: EventStore,
  asked: RedemptionStatus | undefined,
  signal: AbortSignal,
): Promise<KnownRedemption[]> => {
  const kept = new Map<string, KnownRedemption>();
  const take = (event: EarningsEvent): void => {
    if (event.type === 'DiamondsSettled') return;
    const { creator, redemption } = event.data;
    const key = payoutKeyOf(creator, redemption);
    const after = evolveAlone(kept.get(key), event);
    if (after && isKept(after, asked)) kept.set(key, after);
    else kept.delete(key);
    if (kept.size > limits.maxListedRedemptions) {
      throw new CommandError(`There are more than ${limits.maxListedRedemptions} such redemptions.`);
    }
  };
  const head = await store.head();
  for (let after: Position | undefined; head && isBefore(after, head.position); ) {
    signal.throwIfAborted();
    const page = await store.readAll({ after, prefixes: [prefixes.earnings], limit: limits.pageEvents });
    for (const stored of page.events) {
      if (stored.type !== 'DiamondsSettled') take(readEventOf(earningsEventTypes, stored));
    }
    if (page.atHead) break;
    after = page.upTo;
  }
  return [...kept.values()]
    .filter(({ status }) => asked === undefined || status === asked)
    .sort((a, b) => a.requestedAt - b.requestedAt);
};

const isBefore = (after: Position | undefined, head: Position): boolean =>
  after === undefined || comparePositions(after, head) < 0;
