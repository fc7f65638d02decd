import { comparePositions, EventStoreError, type Position, type StoredEvent } from '@carat/event-store';
import { parseUnit, skipNameOf } from '@carat/protocol';
import { activeGeneration, type Poison, readCheckpoint, readPoison, type Unit } from '@carat/read-models';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';
import type { System } from './system.ts';

/** A unit that is stopped at an event. */
export type Stop = Pick<Poison, 'event' | 'position' | 'fault' | 'since'> & {
  readonly unit: Unit;
  readonly generation: string;
};

/** The same, with what the log tells of the event; null where it cannot be read. */
export type DescribedStop = Stop & { readonly type: string | null; readonly stream: string | null };

/** Which unit or event is meant, where that was said. */
export type Meant = { readonly unit?: Unit | undefined; readonly event?: string | undefined };

/** @throws CommandError */
export const readUnit = (text: string): Unit => {
  const unit = parseUnit(text);
  if (unit !== undefined) return unit;
  throw new CommandError(`There is no unit ${text}: it is creators, boards, or board:<id> of your own.`);
};

/** Whether a unit is the one that is meant, or a shard of it. */
const isMeant = (unit: Unit, meant: Unit | undefined): boolean =>
  meant === undefined || meant === unit || meant === skipNameOf(unit);

/** All units that are stopped, of those that are meant. */
export const findStops = async ({ redis }: System, { unit, event }: Meant = {}): Promise<Stop[]> => {
  const active = await activeGeneration(redis);
  if (active === undefined) return [];
  const { generation, units } = active;
  const stops: Stop[] = [];
  for (const name of units) {
    const poison = await readPoison(redis, generation, name);
    if (poison === undefined || !isMeant(name, unit) || (event ?? poison.event) !== poison.event) continue;
    const { event: id, position, fault, since } = poison;
    stops.push({ unit: name, generation, event: id, position, fault, since });
  }
  return stops;
};

/** What the log tells of the event: it lies a little after where its unit stands. */
export const describeStop = async (system: System, stop: Stop): Promise<DescribedStop> => {
  const checkpoint = await readCheckpoint(system.redis, stop.generation, stop.unit);
  const after = (checkpoint?.position ?? undefined) as Position | undefined;
  const found = await findEvent(system, ({ id }) => id === stop.event, {
    after,
    upTo: stop.position as Position,
  });
  return { ...stop, type: found?.type ?? null, stream: found?.stream ?? null };
};

type Range = {
  readonly after?: Position | undefined;
  readonly upTo?: Position;
  readonly signal?: AbortSignal;
};

/** The first event of a range of the log, all of it where nothing is said, that is the one meant. */
export const findEvent = async (
  { store }: System,
  isMeant: (event: StoredEvent) => boolean,
  { after, upTo, signal }: Range = {},
): Promise<StoredEvent | undefined> => {
  const readOn = async (from: Position | undefined) => {
    try {
      return await store.readAll({ after: from, limit: limits.pageEvents });
    } catch (error) {
      if (!(error instanceof EventStoreError && error.readOnAfter !== undefined)) throw error;
      return { events: [], upTo: error.readOnAfter, atHead: false };
    }
  };
  for (let from = after; ; ) {
    signal?.throwIfAborted();
    const page = await readOn(from);
    const found = page.events.find(isMeant);
    if (found !== undefined || page.atHead || page.upTo === undefined) return found;
    if (upTo !== undefined && comparePositions(page.upTo, upTo) >= 0) return undefined;
    from = page.upTo;
  }
};
