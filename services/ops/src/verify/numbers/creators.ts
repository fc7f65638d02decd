import { liveFields, tables as names } from '@carat/read-models';
import type { Fact } from '../stored.ts';
import { digestOf } from './digest.ts';
import { addTo, createTables, type FoldedFeed, type FoldedTable, shownOf, type UnitFold } from './fold.ts';

/** Bookings of one live that can be compared one by one; older ones were seen, but are no longer held. */
const maxDigests = 100_000;

const earned = () => ['millidiamonds', 'coins', 'gifts'];
const given = () => ['coins'];
const liveAmounts = (field: string): string[] => {
  if (field === liveFields.all) return ['coins', 'gifts', 'millidiamonds'];
  return field === liveFields.begins ? [] : ['gifts', 'coins'];
};

/** Earnings, totals and boards of lives, and their feeds, from the log alone. */
export const foldCreators = (): UnitFold => {
  const { tables, of } = createTables();
  const feeds = new Map<string, FoldedFeed>();

  const totalsOf = (live: string): FoldedTable => of(names.liveTotals(live), false, liveAmounts);

  const book = (fact: Fact<'GiftSent'>): void => {
    const { live, creator, viewer, gift, booked, coins, millidiamonds } = fact.data;
    const { position: place } = fact.stored;
    const totals = totalsOf(live);
    addTo(totals, liveFields.all, place, coins, booked, millidiamonds);
    addTo(totals, liveFields.giftPrefix + gift, place, booked, coins);
    addTo(of(names.liveBoard(live), true, given), viewer, place, coins);
    addTo(of(names.earnings, false, earned), creator, place, millidiamonds, coins, booked);
    show(feeds, fact);
  };

  return {
    unit: 'creators',
    tables,
    feeds,
    see: (fact) => {
      if (fact.type === 'LiveStarted') {
        const begins = { amounts: [], place: fact.stored.position };
        totalsOf(fact.data.live).rows.set(liveFields.begins, begins);
      } else if (fact.type === 'GiftSent') book(fact);
    },
  };
};

const show = (feeds: Map<string, FoldedFeed>, fact: Fact<'GiftSent'>): void => {
  const name = names.feed(fact.data.live);
  let feed = feeds.get(name);
  if (feed === undefined) {
    feed = { count: 0, latest: 0, digests: [], times: [] };
    feeds.set(name, feed);
  }
  feed.count += 1;
  feed.latest = Math.max(feed.latest, fact.data.at);
  feed.digests.push(digestOf(shownOf(fact)));
  feed.times.push(fact.data.at);
  if (feed.digests.length < 2 * maxDigests) return;
  feed.digests.splice(0, maxDigests);
  feed.times.splice(0, maxDigests);
};
