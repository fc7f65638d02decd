import {
  type Decision,
  foldLive,
  initialLive,
  type KnownLive,
  type Live,
  type LiveEvent,
  liveEventTypes,
  refuse as refuseDecision,
  streams,
} from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { type Folded, foldStream } from '@carat/history';
import { type http, type Refusal, refuse } from '@carat/protocol';
import type { Identity } from '@carat/service-kit';
import { actsFor } from './access.ts';
import { type Changing, changeStream } from './change-stream.ts';

/** A live as its stream tells it. @throws EventStoreError */
const readLive = (store: EventStore, live: string): Promise<Folded<Live>> =>
  foldStream(store, {
    stream: streams.live(live),
    types: liveEventTypes,
    initial: initialLive,
    evolve: foldLive,
  }).read();

/** A live that was started once, running or ended. @throws EventStoreError */
export const findLive = async (store: EventStore, live: string): Promise<KnownLive | Refusal> => {
  const { state } = await readLive(store, live);
  return state.status === 'unknown' ? refuse('live_unknown') : state;
};

/** A live as it is answered. */
export const showLive = ({ status: _, blocked: __, ...live }: KnownLive): http.Live => live;

type Changed = { readonly live: http.Live; readonly isChanged: boolean };

/**
 * Changes a live as `decide` says, which is asked anew whenever somebody else was faster. @throws
 * EventStoreError
 */
export const changeLive = (
  changing: Changing,
  live: string,
  decide: (state: Live) => Decision<LiveEvent>,
): Promise<Changed | Refusal> =>
  changeStream(changing, streams.live(live), {
    read: () => readLive(changing.store, live),
    decide: ({ state }) => decide(state),
    answer: ({ state }, events) => ({
      live: showLive(foldLive(state, events) as KnownLive),
      isChanged: events.length > 0,
    }),
  });

/** Changes a live in the name of its creator or the platform; nobody else may. @throws EventStoreError */
export const changeOwnLive = (
  changing: Changing,
  { live, identity }: { readonly live: string; readonly identity: Identity },
  decide: (state: Live) => Decision<LiveEvent>,
): Promise<Changed | Refusal> =>
  changeLive(changing, live, (state) => {
    const may = state.status === 'unknown' || actsFor(identity, 'creator', state.creator);
    return may ? decide(state) : refuseDecision('forbidden');
  });
