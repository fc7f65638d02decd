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
import { foldStream } from '@carat/history';
import type { http, Refusal } from '@carat/protocol';
import { type Changing, changeStream } from './change-stream.ts';

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
export const createCatalogueDesk = (changing: Changing): CatalogueDesk => {
  const catalogue = foldStream(changing.store, {
    stream: streams.catalogue,
    types: catalogueEventTypes,
    initial: initialCatalogue,
    evolve: evolveCatalogue,
  });

  return {
    read: async () => (await catalogue.read()).state,
    change: (gift, decide) =>
      changeStream(changing, streams.catalogue, {
        read: catalogue.read,
        decide: ({ state }) => decide(state.get(gift)),
        answer: ({ state }, events) => events.reduce(evolveGift, state.get(gift)) as Gift,
      }),
  };
};
