import { type Decision, evolveStanding, type Standing, type StandingEvent, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { foldStream, standingFold } from '@carat/history';
import type { Refusal } from '@carat/protocol';
import { type Changing, changeStream } from '../change-stream.ts';

/** What the platform said of a creator. @throws EventStoreError */
export const readStanding = async (store: EventStore, creator: string): Promise<Standing> =>
  (await foldStream(store, standingFold(creator)).read()).state;

/**
 * Changes a standing as `decide` says, which is asked anew whenever somebody else was faster. @throws
 * EventStoreError
 */
export const changeStanding = (
  changing: Changing,
  creator: string,
  decide: (standing: Standing) => Decision<StandingEvent>,
): Promise<Standing | Refusal> =>
  changeStream(changing, streams.standing(creator), {
    read: () => foldStream(changing.store, standingFold(creator)).read(),
    decide: ({ state }) => decide(state),
    answer: ({ state }, events) => events.reduce(evolveStanding, state),
  });
