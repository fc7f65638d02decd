import { comparePositions, type EventStore, type Position, type StoredEvent } from '@carat/event-store';
import { createModel, type ModelEvent } from '../../../../packages/event-store/src/laws/model.ts';

const positionOf = (place: number): Position => String(place + 1) as Position;

/** The event store's model of itself, as a store: thousands of logs in seconds. */
export const createMemoryStore = (): EventStore => {
  const model = createModel();
  const toStored = (event: ModelEvent): StoredEvent => {
    const { id, type, data, stream, revision } = event;
    return { id, type, data, stream, revision, position: positionOf(model.log.indexOf(event)), created: 0 };
  };
  const headPlace = () => model.log.length - 1;

  return {
    append: async (writes) => {
      const result = model.append(writes);
      return result.appended ? { ...result, position: positionOf(headPlace()) } : result;
    },
    readStream: async (name, { from, direction = 'forwards', limit }) => {
      const events = model.stream(name);
      if (events.length === 0) return { exists: false };
      const backwards = direction === 'backwards';
      const begin = from ?? (backwards ? events.length - 1 : 0);
      const part = backwards ? events.slice(0, begin + 1).reverse() : events.slice(begin);
      return { exists: true, events: part.slice(0, limit).map(toStored), last: events.length - 1 };
    },
    readAll: async ({ after, prefixes, limit }) => {
      const begin = after === undefined ? 0 : Number(after);
      const part = model.log.slice(begin, begin + limit);
      const asked = part.filter(
        ({ stream }) => prefixes?.some((prefix) => stream.startsWith(prefix)) ?? true,
      );
      const upTo = part.length > 0 ? positionOf(begin + part.length - 1) : after;
      return { events: asked.map(toStored), upTo, atHead: begin + limit >= model.log.length };
    },
    head: async () => {
      const last = model.log.at(-1);
      return last && { position: positionOf(headPlace()), id: last.id, created: 0 };
    },
    eventAt: async (position) =>
      comparePositions(position, positionOf(headPlace())) > 0
        ? undefined
        : model.log[Number(position) - 1]?.id,
    onMore: () => () => {},
    close: async () => {},
  };
};
