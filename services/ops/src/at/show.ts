import type { PastLive, PastViewer, Resolved } from '@carat/history';
import type { http, Ranked } from '@carat/protocol';
import { diamonds } from '../amounts.ts';
import { many, wrap } from '../wording.ts';

/** As of when, in words. */
export const showPlace = ({ position, at }: Resolved): string => {
  if (position === undefined) return 'before the first event';
  return `as of position ${position}${at === null ? '' : `, ${new Date(at).toISOString()}`}`;
};

const ranks = (entries: readonly Ranked[], show: (score: number) => string): string[] =>
  entries.map(({ id, score }, i) => wrap([`  ${String(i + 1).padStart(4)}. ${id} `, show(score)]));

const coinsOf = (coins: number): string => many(coins, 'coin');
const giftsOf = (gifts: number): string => many(gifts, 'gift');

export const showLive = (live: PastLive, place: Resolved): string[] => [
  wrap([`Live ${live.live} of ${live.creator},`, `${showPlace(place)}:`]),
  wrap([
    `  ${coinsOf(live.coins)} by ${giftsOf(live.gifts)} of ${many(live.senders, 'sender')};`,
    `${diamonds(live.millidiamonds)} diamonds`,
  ]),
  ...live.perGift.map(({ gift, gifts, coins }) =>
    wrap([`  ${gift}:`, `${giftsOf(gifts)}, ${coinsOf(coins)}`]),
  ),
  ...ranks(live.top, coinsOf),
];

export const showEarnings = (
  { creator, millidiamonds, coins, gifts }: http.Earnings,
  place: Resolved,
): string[] => [
  wrap([`Creator ${creator},`, `${showPlace(place)}:`]),
  `  ${diamonds(millidiamonds)} diamonds of ${coinsOf(coins)} by ${giftsOf(gifts)}`,
];

export const showViewer = (
  { viewer, balance, granted, spent, gifts }: PastViewer,
  place: Resolved,
): string[] => [
  wrap([`Viewer ${viewer},`, `${showPlace(place)}:`]),
  `  ${coinsOf(balance)} held; ${granted} granted, ${spent} spent on ${giftsOf(gifts)}`,
];

export const showBoard = ({ unit, entries }: http.Board, title: string, place: Resolved): string[] => [
  wrap([`${title},`, `${showPlace(place)}:`]),
  ...(entries.length === 0 ? ['  nobody'] : []),
  ...ranks(entries, (score) => (unit === 'coins' ? coinsOf(score) : `${diamonds(score)} diamonds`)),
];
