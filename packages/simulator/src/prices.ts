import type { Gift } from './gift-log.ts';
import type { Random } from './random.ts';

/**
 * How often a gift is sent, by its price. Measured: 89 % of sends cost one coin, 0.1 % cost 1,000 or more and
 * bring half of the value. Within a class the chance falls with the price, by `falls` as exponent.
 */
const classes = [
  { upTo: 1, sends: 0.89, falls: 0 },
  { upTo: 10, sends: 0.1, falls: 0 },
  { upTo: 98, sends: 0.004, falls: 1 },
  { upTo: 999, sends: 0.005, falls: 1 },
  { upTo: Number.POSITIVE_INFINITY, sends: 0.001, falls: 1 },
] as const;

/**
 * Draws gifts of a catalogue as often as their prices make likely; a class without gifts is shared by the
 * others.
 */
export const giftChoice = (catalogue: readonly Gift[]): ((random: Random) => Gift) => {
  const cumulative: { gift: Gift; upTo: number }[] = [];
  let sum = 0;
  for (const { upTo, sends, falls } of classes) {
    const above = classes.findLast((cheaper) => cheaper.upTo < upTo)?.upTo ?? 0;
    const gifts = catalogue.filter(({ coins }) => coins > above && coins <= upTo);
    const whole = gifts.reduce((weights, { coins }) => weights + coins ** -falls, 0);
    for (const gift of gifts) {
      sum += (sends * gift.coins ** -falls) / whole;
      cumulative.push({ gift, upTo: sum });
    }
  }
  return (random) => {
    const drawn = random.next() * sum;
    return (cumulative.find(({ upTo }) => drawn < upTo) ?? cumulative.at(-1)!).gift;
  };
};
