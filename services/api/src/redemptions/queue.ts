import { readEventOf, reconciliationEventTypes, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import {
  foldStream,
  followOpenRedemptions,
  type OpenRedemption,
  type OpenRedemptions,
  settlementFold,
} from '@carat/history';
import { type Refusal, type redemptions, refuse } from '@carat/protocol';
import type { Logger } from '@carat/service-kit';
import { limits } from '../limits.ts';
import { showRedemption } from './shown.ts';

const { retryAfterMs } = limits;

const stillReading = (): Refusal =>
  refuse('overloaded', {
    message: 'The redemptions are still being read from the log. Ask again after `retryAfterMs`.',
    retryAfterMs,
  });

const show = ({ creator, ...known }: OpenRedemption) => showRedemption(creator, known);

/**
 * What operators of payouts look at. The redemptions that are open are followed from when somebody first
 * asks, so that a process which nobody asks reads nothing.
 */
export const createPayoutsLook = (store: EventStore, log: Logger) => {
  const settlement = foldStream(store, settlementFold);
  let open: OpenRedemptions | undefined;

  /** The newest comparison first. */
  const readReconciliations = async (): Promise<redemptions.PayoutsState['reconciliations']> => {
    const newest = { direction: 'backwards', limit: limits.maxReconciliations } as const;
    const page = await store.readStream(streams.reconciliation, newest);
    return page.exists ? page.events.map((event) => readEventOf(reconciliationEventTypes, event).data) : [];
  };

  return {
    /** @returns `overloaded` while the log is still being read @throws EventStoreError */
    async look(): Promise<redemptions.PayoutsState | Refusal> {
      open ??= followOpenRedemptions(store, {
        onError: (err) => log.warn({ err }, 'open redemptions cannot be read on'),
      });
      if (!open.caughtUp) return stillReading();
      const { closed, settledThrough, availableThrough } = (await settlement.read()).state;
      const [inReview, approved] = [open.list('in_review'), open.list('approved')];
      const [started, sent] = [open.list('started'), open.list('sent')];
      const underWay = [...approved, ...started, ...sent].sort((a, b) => a.requestedAt - b.requestedAt);
      return {
        settlement: { lastClosed: closed.at(-1) ?? null, settledThrough, availableThrough },
        inReview: inReview.slice(0, limits.maxQueueShown).map(show),
        underWay: underWay.slice(0, limits.maxQueueShown).map(show),
        counts: {
          inReview: inReview.length,
          approved: approved.length,
          started: started.length,
          sent: sent.length,
        },
        fault: open.fault() ?? null,
        reconciliations: await readReconciliations(),
      };
    },
    close: async (): Promise<void> => open?.stop(),
  };
};
