import { type EventStore, EventStoreError, type Position } from '@carat/event-store';
import type { http } from '@carat/protocol';
import { limits } from '../limits.ts';

/**
 * How far the units of some generations are, by generation and unit.
 * @param maxBehind events that a unit is behind are counted up to here
 * @throws EventStoreError
 */
export const measureProgress = async (
  store: EventStore,
  generations: readonly (http.GenerationStands | null | undefined)[],
  head: Position | undefined,
  maxBehind: number,
): Promise<http.Seen['progress']> => {
  const measured: http.Seen['progress'] = {};
  for (const stands of generations) {
    if (!stands) continue;
    const units: Record<string, http.UnitProgress> = {};
    for (const unit of stands.units) units[unit.unit] = await measureUnit(store, unit, head, maxBehind);
    measured[stands.generation] = units;
  }
  return measured;
};

const measureUnit = async (
  store: EventStore,
  { checkpoint }: http.UnitStands,
  head: Position | undefined,
  maxBehind: number,
): Promise<http.UnitProgress> => {
  const position = (checkpoint?.position ?? undefined) as Position | undefined;
  const inLog = position === undefined || (await store.eventAt(position)) === checkpoint?.event;
  const behind = await countAfter(store, inLog ? position : undefined, maxBehind);
  return { behind, atLeast: behind >= maxBehind, share: shareOf(position, head), inLog };
};

/** Positions grow steadily with what is stored, so they are a fair measure of the way. */
const shareOf = (position: Position | undefined, head: Position | undefined): number =>
  head === undefined ? 1 : Math.min(1, Number(position ?? 0) / Number(head));

/** Damage ends the count: the next event is there, and cannot be read. */
const countAfter = async (
  store: EventStore,
  after: Position | undefined,
  maxBehind: number,
): Promise<number> => {
  let count = 0;
  try {
    for (let from = after; count < maxBehind; ) {
      const page = await store.readAll({
        after: from,
        limit: Math.min(limits.pageEvents, maxBehind - count),
      });
      count += page.events.length;
      if (page.atHead) break;
      from = page.upTo;
    }
    return count;
  } catch (error) {
    if (!(error instanceof EventStoreError && error.code === 'damaged')) throw error;
    return count + 1;
  }
};

/** Units of the generation that is read that are behind, and that nothing is known to hold up. */
export const unitsBehind = ({
  redis,
  progress,
}: Pick<http.Seen, 'redis' | 'progress'>): http.UnitStands[] => {
  const active = redis?.active;
  if (!active) return [];
  const measured = progress[active.generation];
  return active.units.filter(
    ({ unit, checkpoint, stoppedAt }) =>
      // While it is filled, a unit is in the middle of a change now and then.
      checkpoint !== null &&
      !(checkpoint.torn && checkpoint.complete) &&
      stoppedAt === null &&
      (measured?.[unit]?.behind ?? 0) > 0,
  );
};
