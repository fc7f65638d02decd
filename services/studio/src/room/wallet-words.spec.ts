import { expect, it } from 'vitest';
import { sayWhatIsLeft } from './wallet-words.ts';

const gift = (name: string, coins: number, retired = false) => ({
  gift: name,
  name,
  coins,
  streakable: true,
  retired,
});
const gifts = [gift('Spark', 1), gift('Old', 2, true), gift('Boat', 5), gift('Kite', 30), gift('Fan', 3)];

it('says what a wallet could still pay for, dearest first, and nothing that is not sold', () => {
  expect(sayWhatIsLeft(12, gifts)).toBe(
    'Your wallet holds 12 coins. It could still pay for 2 × Boat, 4 × Fan, or 12 × Spark.',
  );
  expect(sayWhatIsLeft(1, gifts)).toBe('Your wallet holds 1 coin. It could still pay for 1 × Spark.');
});

it('says so where nothing can be paid', () => {
  expect(sayWhatIsLeft(0, gifts)).toBe('Your wallet is empty.');
  expect(sayWhatIsLeft(4, [gift('Boat', 5)])).toBe(
    'Your wallet holds 4 coins, which pays for no gift any more.',
  );
});
