import { beginDay } from '@carat/domain';
import { comparePositions, type EventStore, type StoredEvent } from '@carat/event-store';
import { earningsFold, foldStream, readCuts, walkSettledGifts } from '@carat/history';

/**
 * The closed day that a gift belongs to and was not settled with: it would be in the creators' numbers, and
 * never be paid for.
 * @returns undefined where its day is not closed yet, or was settled with it
 * @throws EventStoreError, UnreadableEvent, the signal's reason
 */
export const findDayWithout = async (
  store: EventStore,
  { id, type, position, data: { creator } }: StoredEvent,
  signal: AbortSignal,
): Promise<string | undefined> => {
  if (type !== 'GiftSent') return undefined;
  const cut = (await readCuts(store)).find((each) => comparePositions(position, each.position) < 0);
  if (cut === undefined) return undefined;
  if (typeof creator !== 'string') return cut.day;
  const settled = (await foldStream(store, earningsFold(creator)).read()).state.days.get(cut.day);
  const day = beginDay(cut.day);
  let isAmongThem = false;
  for await (const gifts of walkSettledGifts(store, cut, { creator, signal })) {
    for (const each of gifts) {
      isAmongThem ||= each.id === id;
      day.book(each.id, each.gift);
    }
  }
  const [earned] = day.earned();
  return isAmongThem && earned !== undefined && settled?.hash === earned.hash ? undefined : cut.day;
};
