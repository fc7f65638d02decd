import { accept, type Decision, nothing, refuse } from './decision.ts';
import type { CatalogueEvent } from './events.ts';

/** An entry of the catalogue; `coins` is the price of one. */
export type Gift = {
  readonly gift: string;
  readonly name: string;
  readonly coins: number;
  readonly streakable: boolean;
  readonly retired: boolean;
};

/** Everything that can be sent, or could once. Stream: `catalogue`. */
export type Catalogue = ReadonlyMap<string, Gift>;

export const initialCatalogue: Catalogue = new Map();

export const catalogueEventTypes = ['GiftListed', 'GiftRepriced', 'GiftRetired'] as const;

/** The gift as it stands after the event; a retired gift stays known, for what was sent of it. */
export const evolveGift = (gift: Gift | undefined, event: CatalogueEvent): Gift | undefined => {
  if (event.type === 'GiftRetired') return gift && { ...gift, retired: true };
  const { gift: id, name, coins, streakable } = event.data;
  return { gift: id, name, coins, streakable, retired: false };
};

/** The catalogue after some more events; copied once, however many they are. */
export const evolveCatalogue = (catalogue: Catalogue, events: readonly CatalogueEvent[]): Catalogue => {
  const next = new Map(catalogue);
  for (const event of events) {
    const gift = evolveGift(next.get(event.data.gift), event);
    if (gift !== undefined) next.set(gift.gift, gift);
  }
  return next;
};

export type ListGift = Omit<Gift, 'retired'> & { readonly by: string; readonly now: number };

/** Lists a gift, or changes it, or brings a retired one back; saying the same again decides nothing. */
export const listGift = (command: ListGift, listed: Gift | undefined): Decision<CatalogueEvent> => {
  const { now: at, ...rest } = command;
  if (listed === undefined) return accept({ type: 'GiftListed', data: { ...rest, at } });
  const same =
    listed.name === command.name &&
    listed.coins === command.coins &&
    listed.streakable === command.streakable;
  return same && !listed.retired ? nothing : accept({ type: 'GiftRepriced', data: { ...rest, at } });
};

export type RetireGift = { readonly gift: string; readonly by: string; readonly now: number };

/** Takes a gift out of sale; running combos of it may go on. */
export const retireGift = (command: RetireGift, listed: Gift | undefined): Decision<CatalogueEvent> => {
  if (listed === undefined) return refuse('gift_unknown');
  if (listed.retired) return nothing;
  return accept({ type: 'GiftRetired', data: { gift: command.gift, by: command.by, at: command.now } });
};
