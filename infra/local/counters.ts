import type { LiveNumbers } from '@carat/client';

const whole = new Intl.NumberFormat('en');
const shownRanks = 3;
/** What a rate is measured over. */
const rateWindowMs = 10_000;

/** Thousandths of a diamond as diamonds, exactly. */
export const formatDiamonds = (millidiamonds: number): string => {
  const diamonds = Math.floor(millidiamonds / 1_000);
  return `${whole.format(diamonds)}.${String(millidiamonds % 1_000).padStart(3, '0')}`;
};

/** Gifts per second, over the last `rateWindowMs` of what was seen. */
export const createRate = () => {
  const seen: { at: number; gifts: number }[] = [];
  return (gifts: number, at: number): number => {
    seen.push({ at, gifts });
    while (seen.length > 1 && seen[1]!.at <= at - rateWindowMs) seen.shift();
    const first = seen[0]!;
    return at === first.at ? 0 : ((gifts - first.gifts) * 1_000) / (at - first.at);
  };
};

type Shown = Pick<LiveNumbers, 'totals' | 'board'>;

const top = ({ board }: Shown): string =>
  board.entries
    .slice(0, shownRanks)
    .map(({ id, score }, rank) => `${rank + 1}. ${id} ${whole.format(score)}`)
    .join('   ');

const formatTotals = ({ totals }: Shown) => ({
  coins: whole.format(totals.coins),
  diamonds: formatDiamonds(totals.millidiamonds ?? 0),
  gifts: whole.format(totals.gifts),
  senders: whole.format(totals.senders),
});

/** The counters as a block of lines that is written over and over. */
export const formatBlock = (live: string, numbers: Shown | undefined, giftsPerSecond: number): string[] => {
  if (!numbers) return [`  ${live}`, '  waiting for the first gift …'];
  const { coins, diamonds, gifts, senders } = formatTotals(numbers);
  return [
    `  ${live}, as its creator sees it`,
    `  coins     ${coins.padStart(14)}      gifts    ${gifts.padStart(10)}`,
    `  diamonds  ${diamonds.padStart(14)}      senders  ${senders.padStart(10)}`,
    `  ${giftsPerSecond.toFixed(1)} gifts/s`,
    `  ${top(numbers)}`,
  ];
};

/** The counters as one line, for output that is no terminal. */
export const formatLine = (live: string, numbers: Shown | undefined, giftsPerSecond: number): string => {
  if (!numbers) return `${live}: waiting for the first gift`;
  const { coins, diamonds, gifts, senders } = formatTotals(numbers);
  const rate = giftsPerSecond.toFixed(1);
  return (
    `${live}: ${coins} coins, ${gifts} gifts, ${senders} senders, ${diamonds} diamonds, ` +
    `${rate} gifts/s   ${top(numbers)}`
  );
};
