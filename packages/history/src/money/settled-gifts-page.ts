import { comparePositions, type EventStore, type Position } from '@carat/event-store';
import { readCuts, type SettledGift, walkSettledGifts } from './settled-gifts.ts';

/** Which bookings behind a creator's day: after a place, at most so many. */
export type SettledGiftsAsked = {
  readonly creator: string;
  readonly day: string;
  readonly after?: Position | undefined;
  readonly limit: number;
};

/** `isLast`: no more of that day come after these. */
export type SettledGiftsPage = { readonly gifts: readonly SettledGift[]; readonly isLast: boolean };

/**
 * The bookings that are settled with a day for one creator, in the log's order. Reads all bookings of that
 * day up to the last one of the page.
 * @returns undefined where no such day was closed
 * @throws EventStoreError, UnreadableEvent, the signal's reason
 */
export const readSettledGifts = async (
  store: EventStore,
  { creator, day, after, limit }: SettledGiftsAsked,
  signal: AbortSignal,
): Promise<SettledGiftsPage | undefined> => {
  const cut = (await readCuts(store)).find((each) => each.day === day);
  if (cut === undefined) return undefined;
  const from = { position: cut.position, after: laterOf(cut.after, after) };
  const gifts: SettledGift[] = [];
  for await (const page of walkSettledGifts(store, from, { creator, signal })) {
    gifts.push(...page);
    if (gifts.length > limit) return { gifts: gifts.slice(0, limit), isLast: false };
  }
  return { gifts, isLast: true };
};

const laterOf = (a: Position | undefined, b: Position | undefined): Position | undefined =>
  a === undefined || (b !== undefined && comparePositions(b, a) > 0) ? b : a;
