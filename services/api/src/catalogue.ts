import {
  type Catalogue,
  type CatalogueEvent,
  catalogueEventTypes,
  type Decision,
  evolveCatalogue,
  evolveGift,
  type Gift,
  initialCatalogue,
  streams,
} from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { foldStream } from '@carat/history';
import type { http, Refusal } from '@carat/protocol';
import { writeOf } from './append.ts';
import { decideAndAppend } from './decide-and-append.ts';
import type { InTurn } from './turns.ts';

export type CatalogueDesk = {
  /** All gifts, as of a read that begins after the call. @throws EventStoreError */
  read(): Promise<Catalogue>;
  /**
   * Changes one gift as `decide` says, which is asked anew whenever somebody else was faster. @throws
   * EventStoreError
   */
  change(
    gift: string,
    decide: (listed: Gift | undefined) => Decision<CatalogueEvent>,
  ): Promise<http.Gift | Refusal>;
};

/**
 * Keeps the catalogue folded, so that what a change costs does not grow with the number of gifts ever
 * listed.
 */
export const createCatalogueDesk = (
  store: EventStore,
  inTurn: InTurn,
  newId: () => string,
): CatalogueDesk => {
  const stream = streams.catalogue;
  const catalogue = foldStream(store, {
    stream,
    types: catalogueEventTypes,
    initial: initialCatalogue,
    evolve: evolveCatalogue,
  });

  return {
    read: async () => (await catalogue.read()).state,
    change: (gift, decide) =>
      inTurn(stream, () =>
        decideAndAppend<http.Gift>(store, async () => {
          const { state, expected } = await catalogue.read();
          const listed = state.get(gift);
          const decision = decide(listed);
          if (decision.refused) return { writes: [], answer: decision.refusal };
          const { events } = decision;
          const changed = events.reduce(evolveGift, listed) as Gift;
          const writes = events.length > 0 ? [writeOf(stream, expected, events, newId)] : [];
          return { writes, answer: changed };
        }),
      ),
  };
};
