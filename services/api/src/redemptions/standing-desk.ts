import { type Decision, evolveStanding, type Standing, type StandingEvent, streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { foldStream, standingFold } from '@carat/history';
import type { Refusal } from '@carat/protocol';
import { writeOf } from '../append.ts';
import { decideAndAppend } from '../decide-and-append.ts';
import type { InTurn } from '../turns.ts';

type Changing = { readonly store: EventStore; readonly inTurn: InTurn; readonly newId: () => string };

/** What the platform said of a creator. @throws EventStoreError */
export const readStanding = async (store: EventStore, creator: string): Promise<Standing> =>
  (await foldStream(store, standingFold(creator)).read()).state;

/**
 * Changes a standing as `decide` says, which is asked anew whenever somebody else was faster. @throws
 * EventStoreError
 */
export const changeStanding = (
  { store, inTurn, newId }: Changing,
  creator: string,
  decide: (standing: Standing) => Decision<StandingEvent>,
): Promise<Standing | Refusal> => {
  const stream = streams.standing(creator);
  return inTurn(stream, () =>
    decideAndAppend<Standing>(store, async () => {
      const { state, expected } = await foldStream(store, standingFold(creator)).read();
      const decision = decide(state);
      if (decision.refused) return { writes: [], answer: decision.refusal };
      const { events } = decision;
      const writes = events.length > 0 ? [writeOf(stream, expected, events, newId)] : [];
      return { writes, answer: events.reduce(evolveStanding, state) };
    }),
  );
};
