import { z } from 'zod';
import { limits } from './limits.ts';
import { type Payment, ProviderError } from './port.ts';

/** A payment within the bounds that every provider keeps. */
export const paymentSchema = z.strictObject({
  key: z.string().min(1).max(limits.maxKeyChars),
  recipient: z.string().min(1).max(limits.maxRecipientChars),
  amountMinor: z.string().regex(new RegExp(`^[1-9]\\d{0,${limits.maxAmountDigits - 1}}$`)),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

/** @throws ProviderError `refused` where a payment is outside of every provider's bounds: nothing was sent */
export const checkPayment = ({ key, recipient, amountMinor, currency }: Payment): Payment => {
  const parsed = paymentSchema.safeParse({ key, recipient, amountMinor, currency });
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))].join(', ');
  throw new ProviderError('refused', `The payment is not well formed: ${fields}.`);
};

/**
 * The end of a whole `pay`, signing in and following links included, within `payTimeoutMs`: so who calls
 * knows when a call can have no other end any more. What comes later is not heard of here.
 * @throws ProviderError `outcome_unknown` where it takes longer; what `call` throws
 */
export const endInTime = async <Result>(provider: string, call: Promise<Result>): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = `${provider} did not answer in time: nobody knows yet whether it paid.`;
      reject(new ProviderError('outcome_unknown', reason));
    }, limits.payTimeoutMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
};
