import { setImmediate as letOthersRun } from 'node:timers/promises';
import { comparePositions, type EventStore, type Position } from '@carat/event-store';
import type { Outcome, Writer } from '@carat/read-models';
import { addEntry, batchOf, emptyRun, isFull, type Poison, type Run, type Taking } from './batches.ts';
import { limits } from './limits.ts';
import type { RunMetrics } from './run-metrics.ts';
import type { Tail } from './tail.ts';

type Place = { readonly position: Position; readonly event: string };

/**
 * How a run ended: at the head of the log, before it, at the place it was to go to, not current, as its
 * process is to end, or at an event that cannot be taken.
 */
export type Ended =
  | { readonly ended: 'at_head' | 'more' | 'reached' | 'refused' | 'ending' }
  | Broken
  | { readonly ended: 'poisoned'; readonly poison: Poison };
export type Broken =
  /** The checkpoint is not of this log, or worth nothing; what is half filled can be emptied. */
  | { readonly ended: 'broken'; readonly reason: 'lost' | 'torn' | 'half_filled' | 'another_event' }
  /** The checkpoint is of events that the log no longer holds: it ends before them. */
  | { readonly ended: 'broken'; readonly reason: 'beyond_the_log'; readonly position: Position };
/** A total of a long run would be beyond 2^53: short ones will find the event. */
type Inexact = { readonly ended: 'inexact' };

type Dependencies = Taking & {
  readonly writer: Writer;
  readonly store: EventStore;
  readonly tail: Tail;
  readonly metrics: RunMetrics;
  /** The place of an event to go to and no further; the head of the log where there is none. */
  readonly upTo?: Position | undefined;
  /** Once the process is to end nothing more is sent: what is half applied would hold everybody up. */
  readonly ending?: AbortSignal | undefined;
};

/**
 * Brings a unit forward from its checkpoint to the head of the log, or for `limits.runMs`. While Redis
 * applies one batch the next one is made. Rejects where Redis or the store cannot be reached.
 */
export const runUnit = async (dependencies: Dependencies): Promise<Ended> => {
  const { writer, store, tail } = dependencies;
  const checkpoint = await writer.resume();
  if (checkpoint === undefined) return { ended: 'broken', reason: 'lost' };
  if (checkpoint.torn) return { ended: 'broken', reason: checkpoint.complete ? 'torn' : 'half_filled' };
  const from = (checkpoint.position ?? undefined) as Position | undefined;
  if (from !== undefined && (await tail.idAt(from)) !== checkpoint.event) {
    const end = await store.head();
    const isBeyond = end === undefined || comparePositions(end.position, from) < 0;
    if (isBeyond) return { ended: 'broken', reason: 'beyond_the_log', position: from };
    return { ended: 'broken', reason: 'another_event' };
  }
  await tail.check();
  if (isThere(from, dependencies.upTo)) return { ended: 'reached' };
  const stands = from && { position: from, event: checkpoint.event! };
  const applying = createApplying(dependencies, stands);
  try {
    const isLong = !checkpoint.complete;
    let ended = await readOn(dependencies, applying, from, { isUnfinished: isLong, isLong });
    if (ended.ended === 'inexact') {
      const { position } = applying.place() ?? { position: undefined };
      ended = await readOn(dependencies, applying, position, { isUnfinished: isLong, isLong: false });
    }
    return (await applying.settle()) ?? (ended as Ended);
  } finally {
    // What is still on its way is answered for here, so that no rejection goes unheard.
    await applying.settle().catch(() => undefined);
  }
};

/** Whether a place is as far as one is to go. */
const isThere = (place: Position | undefined, upTo: Position | undefined): boolean =>
  place !== undefined && upTo !== undefined && comparePositions(place, upTo) >= 0;

const readOn = async (
  dependencies: Dependencies,
  applying: Applying,
  from: Position | undefined,
  { isUnfinished, isLong }: { readonly isUnfinished: boolean; readonly isLong: boolean },
): Promise<Ended | Inexact> => {
  const { tail, upTo, ending } = dependencies;
  const until = performance.now() + (isLong ? limits.longRun.ms : limits.runMs);
  let after = from;
  let run = emptyRun(isLong);
  for (;;) {
    const page = await tail.read(after, limits.pageEvents);
    for (const entry of page.entries) {
      const poison = addEntry(dependencies, run, entry);
      if (poison) return (await applying.send(run, false)) ?? { ended: 'poisoned', poison };
      if (isThere(entry.position, upTo)) return (await applying.send(run, false)) ?? { ended: 'reached' };
      if (!isFull(dependencies, run)) continue;
      const ended = await applying.send(run, false);
      if (ended) return ended;
      run = emptyRun(isLong);
    }
    after = page.entries.at(-1)?.position ?? after;
    if (!page.atHead && performance.now() < until && !ending?.aborted) {
      // Pages that lie in memory must not keep everything else waiting.
      await letOthersRun();
      continue;
    }
    const ended = await applying.send(run, page.atHead, isUnfinished && page.atHead);
    return ended ?? { ended: page.atHead ? 'at_head' : 'more' };
  }
};

/** Sends runs of events one after the other, at most two on their way. */
const createApplying = (dependencies: Dependencies, stands: Place | undefined) => {
  const { unit, writer, metrics, ending } = dependencies;
  let pending: Promise<Outcome> | undefined;
  let place = stands;

  const settle = async (): Promise<Ended | undefined> => {
    const awaited = pending;
    pending = undefined;
    const outcome = await awaited;
    if (outcome === undefined) return undefined;
    if (outcome.outcome === 'refused') {
      metrics.refused.inc({ unit, reason: outcome.reason });
      return { ended: 'refused' };
    }
    metrics.batches.inc({ unit });
    metrics.scriptSeconds.observe({ unit }, outcome.seconds);
    return undefined;
  };

  /**
   * Half of a run that cannot be applied whole is tried by itself, down to the one event that is at fault.
   */
  const bisect = async (run: Run, field: string): Promise<Ended | Inexact> => {
    const { entries, isLong } = run;
    if (isLong) return { ended: 'inexact' };
    if (entries.length === 1) {
      const { id: event, position } = entries[0]!;
      return { ended: 'poisoned', poison: { event, position, fault: `${field} would exceed 2^53` } };
    }
    const half = emptyRun();
    const taking = { ...dependencies, skipped: new Set<string>() };
    for (const entry of entries.slice(0, Math.ceil(entries.length / 2))) addEntry(taking, half, entry);
    return (await send(half, false)) ?? { ended: 'more' };
  };

  /** @param always also where nothing was looked at: to say that the head is reached. */
  const send = async (run: Run, atHead: boolean, always = false): Promise<Ended | Inexact | undefined> => {
    const { last } = run;
    const reached = last ? { position: last.position, event: last.id } : always ? place : undefined;
    if (reached === undefined) return undefined;
    if (ending?.aborted) return { ended: 'ending' };
    const sent = await writer.send(batchOf(run), { ...reached, atHead });
    if ('inexact' in sent) return bisect(run, `${sent.inexact.table} ${sent.inexact.field}`);
    place = reached;
    metrics.events.inc({ unit }, run.events);
    const before = settle();
    pending = sent.done;
    // Heard when it is settled; until then a rejection is not an error of nobody's.
    pending.catch(() => undefined);
    return before;
  };

  return { send, settle, place: () => place };
};

type Applying = ReturnType<typeof createApplying>;
