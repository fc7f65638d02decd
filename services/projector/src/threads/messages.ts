import type { Position } from '@carat/event-store';
import type { UnitTerms } from '@carat/projections';
import type { Counted } from '../run-metrics.ts';
import type { Ended } from '../unit-run.ts';
import type { Place } from '../work.ts';

/** What a thread opens for itself. */
export type Setting = { readonly eventStore: string; readonly redisUrl: string };

/** One run of a unit that is filled: see `runUnit`. */
export type Assignment = {
  readonly place: Place;
  readonly terms: UnitTerms;
  readonly skipped: ReadonlySet<string>;
  readonly upTo: Position | undefined;
};

/** What a thread is told: to begin a run by a number, to end it before it sends anything more, or to end. */
export type Order =
  | { readonly order: 'begin'; readonly run: number; readonly assignment: Assignment }
  | { readonly order: 'end'; readonly run: number }
  | { readonly order: 'close' };

/** What it tells of a run: events read, what is to be counted, and how it ended or why it broke off. */
export type Report =
  | { readonly report: 'read'; readonly run: number; readonly events: number }
  | { readonly report: 'counted'; readonly run: number; readonly counted: Counted }
  | { readonly report: 'ended'; readonly run: number; readonly ended: Ended }
  | { readonly report: 'failed'; readonly run: number; readonly reason: string };
