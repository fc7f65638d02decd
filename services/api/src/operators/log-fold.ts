import { setImmediate as otherWork } from 'node:timers/promises';
import { type Event, prefixes, readEvent, type Unit, UnreadableEvent } from '@carat/domain';
import type { EventStore, Position, StoredEvent } from '@carat/event-store';
import { type http, unitOfCreator } from '@carat/protocol';
import { describeFailure } from '@carat/service-kit';
import { limits } from '../limits.ts';
import { readSkips, type Skips } from './skips.ts';
import { createTrail, type Trail } from './trail.ts';
import { createWallets, isOfWallet } from './wallets.ts';

/** The log as it was folded up to a place. */
export type FoldedLog = {
  readonly position: Position | null;
  readonly events: number;
  readonly wallets: ReturnType<ReturnType<typeof createWallets>['sums']>;
  readonly booked: http.BookedSums;
  /** What the log has for a unit at a place; undefined where the fold is not there, or long past it. */
  bookedBy(unit: Unit, position: Position | null): http.BookedSums | undefined;
  /** Whether nothing more was in the log when it was last looked at. */
  readonly atHead: boolean;
  /** Why it cannot be folded any further, in a sentence. */
  readonly fault: string | null;
};

/** Where nothing more can be told by this process, and who can tell. */
const askVerify = 'Run carat verify.';

/**
 * Folds the log from its beginning for the units of a generation. What operators leave out of a unit counts
 * for the wallets, but not for that unit.
 */
const beginFold = (store: EventStore, units: readonly Unit[], skips: Skips) => {
  const wallets = createWallets();
  const all = createTrail(1);
  const trails = new Map<Unit, Trail>(units.map((unit) => [unit, createTrail(limits.maxProofPlaces)]));
  let events = 0;
  let last: { readonly position: Position; readonly id: string } | undefined;
  let passed: Position | undefined;
  let atHead = false;
  let fault: string | null = null;

  const book = ({ data }: Event<'GiftSent'>, { id, position }: StoredEvent): void => {
    const sums = { coins: data.coins, gifts: data.booked, millidiamonds: data.millidiamonds };
    all.book(position, sums);
    for (const unit of [unitOfCreator(data.creator, units), 'boards'] as const) {
      if (!skips.leavesOut(unit, id)) trails.get(unit)?.book(position, sums);
    }
  };

  const see = (stored: StoredEvent): void => {
    const event = readEvent(stored);
    if (event === undefined || !isOfWallet(event)) return;
    if (!wallets.see(event)) fault = `There are more than ${limits.maxProofWallets} wallets. ${askVerify}`;
    if (event.type === 'GiftSent') book(event, stored);
  };

  const seeAll = (page: readonly StoredEvent[]): void => {
    for (const stored of page) {
      try {
        see(stored);
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error;
        fault = `The log cannot be folded past position ${stored.position}: ${error.message}. ${askVerify}`;
      }
      if (fault !== null) return;
      events += 1;
      last = stored;
    }
  };

  return {
    /** Whether the log is still the one that was folded, and nothing else is left out of it by now. */
    async isSound(): Promise<boolean> {
      if (last !== undefined && (await store.eventAt(last.position)) !== last.id) return false;
      return skips.revision === (await readSkips(store)).revision;
    },
    /** Folds the next page. @returns whether there may be more @throws EventStoreError */
    async goOn(): Promise<boolean> {
      if (fault !== null) return false;
      const read = { after: passed, prefixes: [prefixes.wallets], limit: limits.proofPageEvents };
      const page = await store.readAll(read);
      seeAll(page.events);
      passed = page.upTo ?? passed;
      atHead = page.atHead;
      return !atHead && fault === null;
    },
    folded(): FoldedLog {
      const isPast = (position: Position | null) =>
        position === null || BigInt(position) <= BigInt(passed ?? 0);
      return {
        position: passed ?? null,
        events,
        wallets: wallets.sums(),
        booked: all.now,
        bookedBy: (unit, position) => (isPast(position) ? trails.get(unit)?.at(position) : undefined),
        atHead,
        fault,
      };
    },
  };
};

type Fold = ReturnType<typeof beginFold>;

/**
 * Follows the log whenever it is asked for, a page at a time, so that whatever else this process does goes
 * on. It begins anew where the log was swapped, its units are others, or something else is left out.
 */
export const createLogFold = (store: EventStore) => {
  let fold: { readonly of: string; readonly is: Fold } | undefined;
  let running: Promise<void> | undefined;
  let fault: string | null = null;
  let closed = false;

  const run = async (units: readonly Unit[]): Promise<void> => {
    const of = units.join(' ');
    if (fold?.of !== of || !(await fold.is.isSound())) {
      fold = { of, is: beginFold(store, units, await readSkips(store)) };
    }
    while (!closed && (await fold.is.goOn())) await otherWork();
  };

  const follow = async (units: readonly Unit[]): Promise<void> => {
    try {
      await run(units);
      fault = null;
    } catch (error) {
      fault = `The log cannot be folded: ${describeFailure(error)}`;
    } finally {
      running = undefined;
    }
  };

  return {
    /** Folds on; at the latest after `maxMs` it tells how far it is. */
    async look(units: readonly Unit[], maxMs: number): Promise<FoldedLog | undefined> {
      running ??= follow(units);
      await withinMs(running, maxMs);
      const folded = fold?.is.folded();
      return folded && { ...folded, fault: fault ?? folded.fault };
    },
    async close(): Promise<void> {
      closed = true;
      await running;
    },
  };
};

export type LogFold = ReturnType<typeof createLogFold>;

const withinMs = async (work: Promise<void>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, elapsed]);
  } finally {
    clearTimeout(timer);
  }
};
