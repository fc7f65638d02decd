import type { StoredEvent } from '../port.ts';
import type { Seal } from './seal.ts';

/** A seal that was announced, by its place in the stream of seals, from 1. */
export type Announced = {
  readonly number: number;
  /** Undefined where it cannot be read. */
  readonly seal: Seal | undefined;
  /** How many events of the log had been seen with its last one, where that has another revision now. */
  shifted: number | undefined;
};

const placeOf = (stream: string, revision: number): string => `${stream} ${revision}`;

/** Seals whose last events have not been seen yet, in order. */
export const createAnnounced = () => {
  const queue: Announced[] = [];
  /** By where the last event stands, and by its id. */
  const byPlace = new Map<string, Announced>();
  const byId = new Map<string, Announced>();

  const forget = ({ seal }: Announced): void => {
    if (seal === undefined) return;
    byPlace.delete(placeOf(seal.lastStream, seal.lastRevision));
    byId.delete(seal.lastEvent);
  };

  return {
    get size() {
      return queue.length;
    },
    add: (number: number, seal: Seal | undefined): void => {
      const announced: Announced = { number, seal, shifted: undefined };
      queue.push(announced);
      if (seal === undefined) return;
      const place = placeOf(seal.lastStream, seal.lastRevision);
      if (!byPlace.has(place)) byPlace.set(place, announced);
      byId.set(seal.lastEvent, announced);
    },
    /** The seal that ends with this event, which is the nth of the log. */
    endingWith: ({ stream, revision, id }: StoredEvent, nth: number): Announced | undefined => {
      const placed = byPlace.get(placeOf(stream, revision));
      if (placed?.seal?.lastEvent === id) return placed;
      const named = byId.get(id);
      if (named?.seal?.lastStream === stream) named.shifted ??= nth;
      return undefined;
    },
    /** Takes out those before a number, in order. */
    takeBefore: (number: number): readonly Announced[] => {
      const kept = queue.findIndex((announced) => announced.number >= number);
      const taken = queue.splice(0, kept < 0 ? queue.length : kept);
      for (const announced of taken) forget(announced);
      return taken;
    },
  };
};
