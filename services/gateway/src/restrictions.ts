import {
  evolveStanding,
  initialStanding,
  readEventOf,
  type Standing,
  standingEventTypes,
  streams,
} from '@carat/domain';
import { type EventStore, readWholeStream } from '@carat/event-store';
import { limits } from './limits.ts';

/**
 * What is said of a creator, where it may restrict gifts, now or later; undefined where nothing does, as of
 * nearly all creators. @throws EventStoreError, UnreadableEvent
 */
export const readRestrictingStanding = async (
  store: EventStore,
  creator: string,
): Promise<Standing | undefined> => {
  const events = await readWholeStream(store, streams.standing(creator), limits.pageEvents);
  const read = events.map((event) => readEventOf(standingEventTypes, event));
  const standing = read.reduce(evolveStanding, initialStanding);
  return standing.freeze === null && standing.violations.size === 0 ? undefined : standing;
};
