import type { PastLive, PastViewer, Resolved } from '@carat/history';
import type { http, Ranked } from '@carat/protocol';

/** Thousandths as diamonds, exactly: `12.345`. */
export const diamonds = (millidiamonds: number): string => {
  const text = String(millidiamonds).padStart(4, '0');
  return `${text.slice(0, -3)}.${text.slice(-3)}`;
};

/** As of when, in words. */
export const showPlace = ({ position, at }: Resolved): string => {
  if (position === undefined) return 'before the first event';
  return `as of position ${position}${at === null ? '' : `, ${new Date(at).toISOString()}`}`;
};

const ranks = (entries: readonly Ranked[], show: (score: number) => string): string[] =>
  entries.map(({ id, score }, i) => `  ${String(i + 1).padStart(4)}. ${id}  ${show(score)}`);

export const showLive = (live: PastLive, place: Resolved): string[] => [
  `Live ${live.live} of ${live.creator}, ${showPlace(place)}:`,
  `  ${live.coins} coins by ${live.gifts} gifts of ${live.senders} senders; ` +
    `${diamonds(live.millidiamonds)} diamonds`,
  ...live.perGift.map(({ gift, gifts, coins }) => `  ${gift}: ${gifts} gifts, ${coins} coins`),
  ...ranks(live.top, (coins) => `${coins} coins`),
];

export const showEarnings = (
  { creator, millidiamonds, coins, gifts }: http.Earnings,
  place: Resolved,
): string[] => [
  `Creator ${creator}, ${showPlace(place)}:`,
  `  ${diamonds(millidiamonds)} diamonds of ${coins} coins by ${gifts} gifts`,
];

export const showViewer = (
  { viewer, balance, granted, spent, gifts }: PastViewer,
  place: Resolved,
): string[] => [
  `Viewer ${viewer}, ${showPlace(place)}:`,
  `  ${balance} coins held; ${granted} granted, ${spent} spent on ${gifts} gifts`,
];

export const showBoard = ({ unit, entries }: http.Board, title: string, place: Resolved): string[] => [
  `${title}, ${showPlace(place)}:`,
  ...(entries.length === 0 ? ['  nobody'] : []),
  ...ranks(entries, (score) => (unit === 'coins' ? `${score} coins` : `${diamonds(score)} diamonds`)),
];
