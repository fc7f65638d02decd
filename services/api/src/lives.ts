import {
  type Decision,
  evolveLive,
  initialLive,
  type KnownLive,
  type Live,
  type LiveEvent,
  liveEventTypes,
  streams,
} from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { type http, type Refusal, refuse } from '@carat/protocol';
import { writeOf } from './append.ts';
import { decideAndAppend } from './decide-and-append.ts';
import { type Folded, foldStream } from './folded-stream.ts';
import type { InTurn } from './turns.ts';

/** A live as its stream tells it. @throws EventStoreError */
const readLive = (store: EventStore, live: string): Promise<Folded<Live>> =>
  foldStream(store, {
    stream: streams.live(live),
    types: liveEventTypes,
    initial: initialLive,
    evolve: (state, events) => events.reduce(evolveLive, state),
  }).read();

/** A live that was started once, running or ended. @throws EventStoreError */
export const findLive = async (store: EventStore, live: string): Promise<KnownLive | Refusal> => {
  const { state } = await readLive(store, live);
  return state.status === 'unknown' ? refuse('live_unknown') : state;
};

/** A live as it is answered. */
export const showLive = ({ status: _, ...live }: KnownLive): http.Live => live;

type Changing = { readonly store: EventStore; readonly inTurn: InTurn; readonly newId: () => string };
type Changed = { readonly live: http.Live; readonly isChanged: boolean };

/**
 * Changes a live as `decide` says, which is asked anew whenever somebody else was faster. @throws
 * EventStoreError
 */
export const changeLive = (
  { store, inTurn, newId }: Changing,
  live: string,
  decide: (state: Live) => Decision<LiveEvent>,
): Promise<Changed | Refusal> => {
  const stream = streams.live(live);
  return inTurn(stream, () =>
    decideAndAppend<Changed>(store, async () => {
      const { state, expected } = await readLive(store, live);
      const decision = decide(state);
      if (decision.refused) return { writes: [], answer: decision.refusal };
      const { events } = decision;
      const changed = showLive(events.reduce(evolveLive, state) as KnownLive);
      const isChanged = events.length > 0;
      const writes = isChanged ? [writeOf(stream, expected, events, newId)] : [];
      return { writes, answer: { live: changed, isChanged } };
    }),
  );
};
