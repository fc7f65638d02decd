import type { Differences } from '../../outcome.ts';
import { type Fact, nameOf } from '../stored.ts';

type Wallet = { balance: number; at: number };

export type Wallets = {
  see(fact: Fact<'CoinsGranted' | 'GiftSent'>): void;
  sums(): { wallets: number; granted: bigint; spent: bigint; held: bigint; millidiamonds: bigint };
};

const walletPrefix = 'wallet-';

/**
 * The chain of balances: every event says how its wallet stands after it, and that is what it was before,
 * more by what was granted or less by what was spent, and never below zero. A wallet's time never goes back.
 */
export const createWallets = (differences: Differences): Wallets => {
  const wallets = new Map<string, Wallet>();
  let [granted, spent, millidiamonds] = [0n, 0n, 0n];

  return {
    see: ({ type, data, stored }) => {
      const wrong = (what: string): void => differences.add(`${nameOf(stored)}: ${what}.`);
      if (stored.stream !== walletPrefix + data.viewer) wrong(`it names the viewer ${data.viewer}`);
      if (data.coins < 1) wrong(`it moves ${data.coins} coins`);
      const wallet = wallets.get(stored.stream) ?? { balance: 0, at: 0 };
      wallets.set(stored.stream, wallet);
      const balance = type === 'GiftSent' ? wallet.balance - data.coins : wallet.balance + data.coins;
      const said = data.after.balance;
      if (said !== balance) {
        wrong(`it says the balance is ${said} after it, but ${wallet.balance} before makes ${balance}`);
      }
      if (said < 0) wrong(`the balance is ${said} after it`);
      if (data.at < wallet.at)
        wrong(`its time ${data.at} lies before that of the event before it, ${wallet.at}`);
      // On from what it says, so that one wrong event is told once, not with every event after it.
      wallet.balance = said;
      wallet.at = data.at;
      if (type === 'GiftSent') {
        spent += BigInt(data.coins);
        millidiamonds += BigInt(data.millidiamonds);
      } else granted += BigInt(data.coins);
    },
    sums: () => {
      let held = 0n;
      for (const { balance } of wallets.values()) held += BigInt(balance);
      return { wallets: wallets.size, granted, spent, held, millidiamonds };
    },
  };
};
