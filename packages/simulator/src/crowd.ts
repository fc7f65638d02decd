import type { Gift } from './gift-log.ts';
import type { Random } from './random.ts';

/**
 * Who sends. Measured: of the senders of one live three quarters send once, a fifth twice, few more often;
 * the top 1 % of senders make 4 % of the sends and bring 77 % of the coins. So nearly everyone is drawn
 * evenly from the room, a few regulars come back, and a few rich viewers buy most of what is dear.
 */
const regularsOfTheRoom = 0.01;
const sendsByRegulars = 0.03;
const richOfTheRoom = 0.002;
const dearSendsByTheRich = 0.85;
const dearFromCoins = 99;

/** Draws the sender of a gift from a room of `viewers`. */
export const senderOf = (gift: Gift, viewers: number, random: Random): string => {
  const [share, circle] =
    gift.coins >= dearFromCoins ? [dearSendsByTheRich, richOfTheRoom] : [sendsByRegulars, regularsOfTheRoom];
  const room = random.chance(share) ? Math.ceil(viewers * circle) : viewers;
  return `viewer-${random.below(room) + 1}`;
};
