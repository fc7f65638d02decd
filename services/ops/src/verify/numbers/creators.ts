import type { Position } from '@carat/event-store';
import { ledgerField, liveFields, minuteField, tables as names } from '@carat/read-models';
import type { Fact } from '../stored.ts';
import { digestOf } from './digest.ts';
import { addTo, createTables, type FoldedFeed, type FoldedTable, shownOf, type UnitFold } from './fold.ts';

/** Bookings of one live that can be compared one by one; older ones were seen, but are no longer held. */
const maxDigests = 100_000;

const earned = () => ['millidiamonds', 'coins', 'gifts'];
const given = () => ['coins'];
const started = () => ['ms since 1970'];
const liveAmounts = (field: string): string[] => {
  if (field === liveFields.all) return ['coins', 'gifts', 'millidiamonds'];
  return field === liveFields.begins || field === liveFields.title ? [] : ['gifts', 'coins'];
};
const booked = () => ['coins', 'gifts', 'millidiamonds'];
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Earnings, totals and boards of lives, their course, and their feeds, from the log alone. */
export const foldCreators = (): UnitFold => {
  const { tables, of } = createTables();
  const feeds = new Map<string, FoldedFeed>();

  const totalsOf = (live: string): FoldedTable => of(names.liveTotals(live), false, liveAmounts);

  const book = (fact: Fact<'GiftSent'>): void => {
    const { live, creator, viewer, gift, booked: gifts, coins, millidiamonds, at } = fact.data;
    const { position: place } = fact.stored;
    const totals = totalsOf(live);
    addTo(totals, liveFields.all, place, coins, gifts, millidiamonds);
    addTo(totals, liveFields.giftPrefix + gift, place, gifts, coins);
    addTo(of(names.liveBoard(live), true, given), viewer, place, coins);
    addTo(of(names.earnings, false, earned), creator, place, millidiamonds, coins, gifts);
    const [minute, day] = [at - (at % minuteMs), at - (at % dayMs)];
    addTo(
      of(names.liveMinutes(minute), false, booked),
      minuteField(minute, live),
      place,
      coins,
      gifts,
      millidiamonds,
    );
    addTo(of(names.creatorDays(day), false, booked), creator, place, coins, gifts, millidiamonds);
    addTo(of(names.ledger, false, booked), ledgerField, place, coins, gifts, millidiamonds);
    show(feeds, fact);
  };

  const start = ({ data: { live, creator, title, at }, stored: { position } }: Fact<'LiveStarted'>): void => {
    const { rows } = totalsOf(live);
    rows.set(liveFields.begins, { amounts: [], place: position });
    // A value, no total: it is compared as it is written.
    if (title !== null) rows.set(liveFields.title, { amounts: [], place: title as Position });
    addTo(of(names.creatorLives(creator), true, started), live, position, at);
  };

  return {
    unit: 'creators',
    tables,
    feeds,
    see: (fact) => {
      if (fact.type === 'LiveStarted') start(fact);
      else if (fact.type === 'GiftSent') book(fact);
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
