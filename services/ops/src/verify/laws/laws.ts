import type { StoredEvent } from '@carat/event-store';
import type { Differences } from '../../outcome.ts';
import { type Data, isOurs, nameOf, readFact } from '../stored.ts';
import { createCombos } from './combos.ts';
import { createEarnings, type EarningsSums } from './earnings.ts';
import { createGrants } from './grants.ts';
import { createReference } from './reference.ts';
import { createRevisions } from './revisions.ts';
import { createWallets } from './wallets.ts';

/** What the log adds up to. Sums may pass 2^53, so they are text. */
export type LogSums = {
  readonly events: number;
  readonly wallets: number;
  readonly coins: { readonly granted: string; readonly spent: string; readonly held: string };
  readonly millidiamonds: string;
  /** The id that the log was given when it was created. */
  readonly logId: string | null;
  /** Events that an operator took out of a unit. */
  readonly skipped: readonly { readonly event: string; readonly unit: string }[];
  /** Boards that operators defined and did not retire. */
  readonly boards: readonly Data<'BoardCreated'>[];
  readonly earnings: EarningsSums;
};

export type Laws = {
  see(event: StoredEvent): void;
  /** The revision of the last event seen, of all streams that may have more than one. */
  ends(): Iterable<readonly [stream: string, last: number]>;
  /** At the end of the log: what only shows there, and the sums. */
  finish(): LogSums;
};

/**
 * Holds what the log alone must fulfil against every event of it, in order. Streams that are not ours may
 * hold anything.
 * @param cuts the days of all `DayClosed` in the log, in its order
 */
export const createLaws = (differences: Differences, cuts: readonly string[]): Laws => {
  const revisions = createRevisions(differences);
  const wallets = createWallets(differences);
  const combos = createCombos(differences);
  const grants = createGrants(differences);
  const reference = createReference(differences);
  const earnings = createEarnings(differences, cuts);
  const boards = new Map<string, Data<'BoardCreated'>>();
  const skipped = new Map<string, { event: string; unit: string }>();
  let events = 0;
  let logId: string | null = null;

  return {
    see: (stored) => {
      events += 1;
      if (isOurs(stored)) revisions.see(stored);
      const fact = readFact(stored);
      if (fact === undefined) return;
      if ('fault' in fact) return differences.add(`${nameOf(stored)}: ${fact.fault}.`);
      reference.see(fact);
      earnings.see(fact);
      switch (fact.type) {
        case 'GiftSent':
          wallets.see(fact);
          return combos.see(fact);
        case 'CoinsGranted':
          wallets.see(fact);
          return grants.granted(fact);
        case 'GrantMade':
          return grants.made(fact);
        case 'LogCreated':
          logId ??= fact.data.logId;
          return;
        case 'BoardCreated':
          boards.set(fact.data.board, fact.data);
          return;
        case 'BoardRetired':
          boards.delete(fact.data.board);
          return;
        case 'EventSkipped':
          skipped.set(`${fact.data.unit} ${fact.data.event}`, fact.data);
          return;
        case 'EventUnskipped':
          skipped.delete(`${fact.data.unit} ${fact.data.event}`);
      }
    },
    ends: revisions.ends,
    finish: () => {
      grants.finish();
      const { granted, spent, held, wallets: count, millidiamonds } = wallets.sums();
      if (granted !== held + spent) {
        differences.add(`${granted} coins were granted, but ${held} are held and ${spent} were spent.`);
      }
      return {
        events,
        wallets: count,
        coins: { granted: String(granted), spent: String(spent), held: String(held) },
        millidiamonds: String(millidiamonds),
        logId,
        skipped: [...skipped.values()].map(({ event, unit }) => ({ event, unit })),
        boards: [...boards.values()],
        earnings: earnings.finish(millidiamonds),
      };
    },
  };
};
