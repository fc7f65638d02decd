import type { http } from '@carat/protocol';
import { formatCount, formatNumber } from '../shared/format.ts';

const maxNamed = 3;

const listed = new Intl.ListFormat('en', { type: 'disjunction' });

/** What a wallet that could not pay holds, and what it could still pay for, dearest first. */
export const sayWhatIsLeft = (balance: number, gifts: readonly http.Gift[]): string => {
  const payable = gifts.filter(({ coins, retired }) => !retired && coins <= balance);
  if (balance === 0) return 'Your wallet is empty.';
  const holds = `Your wallet holds ${formatCount(balance, 'coin')}`;
  if (payable.length === 0) return `${holds}, which pays for no gift any more.`;
  const named = payable
    .toSorted((one, other) => other.coins - one.coins)
    .slice(0, maxNamed)
    .map(({ name, coins }) => `${formatNumber(Math.floor(balance / coins))} × ${name}`);
  return `${holds}. It could still pay for ${listed.format(named)}.`;
};
