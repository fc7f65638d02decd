import {
  evolveReconciliations,
  initialReconciliations,
  payoutKeyOf,
  prefixes,
  readEventOf,
  reconciliationEventTypes,
  streams,
} from '@carat/domain';
import { type EventStore, type Position, readWholeStream } from '@carat/event-store';
import { foldStream } from '../folded-stream.ts';
import { limits } from '../limits.ts';
import { readCuts } from '../money/settled-gifts.ts';
import { settlementFold } from '../money/streams.ts';
import { walkLog } from '../walk.ts';

type OpenStatus = 'inReview' | 'approved' | 'started' | 'sent';

/** How diamonds become money stands, as the log says; instants in ms since 1970. */
export type MoneyStands = {
  readonly settlement: {
    readonly lastClosed: string;
    /** When that was. */
    readonly closedAt: number;
    readonly settledThrough: string | null;
    readonly availableThrough: string | null;
  };
  /** Redemptions that are not at their end. */
  readonly redemptions: Readonly<Record<OpenStatus, number>> & {
    /** The payout that was started longest ago, and of which nobody has told since. */
    readonly oldestStarted: { readonly key: string; readonly since: number } | null;
  };
  /** The last comparison with each provider. */
  readonly reconciliations: readonly {
    readonly provider: string;
    readonly at: number;
    readonly payouts: number;
    readonly differences: number;
  }[];
};

/**
 * Looks at the days, the open redemptions and the last comparisons. Reads the earnings of all creators since
 * the first day was closed: about 0.25 s for a million events of the log.
 * @returns null where no day was ever closed: then nothing can be redeemed either
 * @throws EventStoreError, UnreadableEvent, the signal's reason
 */
export const lookAtMoney = async (store: EventStore, signal?: AbortSignal): Promise<MoneyStands | null> => {
  const cuts = await readCuts(store);
  const [first, last] = [cuts[0], cuts.at(-1)];
  const head = await store.head();
  if (first === undefined || last === undefined || head === undefined) return null;
  const { settledThrough, availableThrough } = (await foldStream(store, settlementFold).read()).state;
  return {
    settlement: { lastClosed: last.day, closedAt: last.at, settledThrough, availableThrough },
    redemptions: await countOpen(store, { after: first.position, upTo: head.position, signal }),
    reconciliations: await readReconciliations(store),
  };
};

/** How a redemption stands after an event; after all others it is at its end. */
const statusAfter: Readonly<Record<string, OpenStatus>> = {
  RedemptionPutInReview: 'inReview',
  RedemptionApproved: 'approved',
  PayoutStarted: 'started',
  PayoutNotMade: 'approved',
  PayoutSent: 'sent',
};

type Stretch = {
  readonly after: Position;
  readonly upTo: Position;
  readonly signal: AbortSignal | undefined;
};

const countOpen = async (store: EventStore, stretch: Stretch): Promise<MoneyStands['redemptions']> => {
  const open = new Map<string, { readonly status: OpenStatus; readonly since: number }>();
  for await (const page of walkLog(store, { ...stretch, prefixes: [prefixes.earnings] })) {
    for (const { type, data } of page) {
      const { creator, redemption, at } = data as Readonly<Record<string, unknown>>;
      if (typeof creator !== 'string' || typeof redemption !== 'string') continue;
      const status = statusAfter[type];
      if (status) open.set(payoutKeyOf(creator, redemption), { status, since: Number(at) });
      else open.delete(payoutKeyOf(creator, redemption));
    }
  }
  const counts = { inReview: 0, approved: 0, started: 0, sent: 0 };
  let oldestStarted: MoneyStands['redemptions']['oldestStarted'] = null;
  for (const [key, { status, since }] of open) {
    counts[status] += 1;
    if (status === 'started' && since < (oldestStarted?.since ?? Number.POSITIVE_INFINITY)) {
      oldestStarted = { key, since };
    }
  }
  return { ...counts, oldestStarted };
};

const readReconciliations = async (store: EventStore): Promise<MoneyStands['reconciliations']> => {
  const stored = await readWholeStream(store, streams.reconciliation, limits.streamPageEvents);
  const last = stored
    .map((event) => readEventOf(reconciliationEventTypes, event))
    .reduce(evolveReconciliations, initialReconciliations);
  return [...last.values()].map(({ provider, at, payouts, differences, unnamed }) => ({
    provider,
    at,
    payouts,
    differences: differences.length + unnamed,
  }));
};
