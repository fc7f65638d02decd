import type { Event, WalletEvent } from '@carat/domain';
import { limits } from '../limits.ts';

/**
 * Coins as wallets tell them: what was granted, what they hold by the balance that each one's last event
 * states, and by how much bookings lowered those balances.
 */
export const createWallets = (maxWallets: number = limits.maxProofWallets) => {
  const balances = new Map<string, number>();
  let [granted, held, spent] = [0, 0, 0];

  return {
    /** @returns false where there are more wallets than can be kept */
    see({ type, data }: WalletEvent): boolean {
      const before = balances.get(data.viewer);
      if (before === undefined && balances.size >= maxWallets) return false;
      const { balance } = data.after;
      balances.set(data.viewer, balance);
      held += balance - (before ?? 0);
      if (type === 'CoinsGranted') granted += data.coins;
      else spent += (before ?? 0) - balance;
      return true;
    },
    sums: () => ({ wallets: balances.size, granted, held, spent }),
  };
};

export const isOfWallet = (event: Event): event is WalletEvent =>
  event.type === 'CoinsGranted' || event.type === 'GiftSent';
