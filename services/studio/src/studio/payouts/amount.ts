import { formatNumber } from '../../shared/format.ts';
import { limits } from '../../shared/limits.ts';

/** What somebody typed as an amount: whole diamonds, why not, or nothing yet. */
export type Amount =
  | { readonly diamonds: number; readonly fault?: undefined }
  | { readonly diamonds?: undefined; readonly fault: string | undefined };

/** Reads whole diamonds as people write them: `12345`, `12,345`, `12 345`. Fractions are not redeemed. */
export const readAmount = (text: string): Amount => {
  const typed = text.trim();
  if (typed === '') return { fault: undefined };
  if (/^\d+[.,]\d{0,2}$/.test(typed)) return { fault: 'Only whole diamonds are paid out.' };
  if (!/^(\d+|\d{1,3}([,\s’']\d{3})+)$/.test(typed)) return { fault: 'Type a whole number of diamonds.' };
  const diamonds = BigInt(typed.replace(/\D/g, ''));
  if (diamonds === 0n) return { fault: 'Type a whole number of diamonds.' };
  if (diamonds > BigInt(limits.maxAskedDiamonds)) {
    return { fault: `At most ${formatNumber(limits.maxAskedDiamonds)} diamonds can be asked for.` };
  }
  return { diamonds: Number(diamonds) };
};
