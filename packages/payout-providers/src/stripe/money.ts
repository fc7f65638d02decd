import { ProviderError } from '../port.ts';

/**
 * Where Stripe's smallest unit is not the minor unit of ISO 4217, or not every amount of it is taken:
 * https://docs.stripe.com/currencies#minor-units. `times` and `by`: Stripe's units are `minor × times ÷ by`.
 * `step`: what Stripe's amount must be divisible by.
 */
const special: Readonly<Record<string, { times: bigint; by: bigint; step: bigint }>> = {
  // Without decimals in ISO 4217; Stripe writes two for them, which must be 00.
  ...{ ISK: { times: 100n, by: 1n, step: 100n }, UGX: { times: 100n, by: 1n, step: 100n } },
  // Without decimals at Stripe ("zero-decimal"); ISO 4217 has two.
  MGA: { times: 1n, by: 100n, step: 1n },
  // Three decimals, of which the last must be 0.
  ...Object.fromEntries(
    ['BHD', 'JOD', 'KWD', 'OMR', 'TND'].map((currency) => [currency, { times: 1n, by: 1n, step: 10n }]),
  ),
};

const plain = { times: 1n, by: 1n, step: 1n };
const ruleOf = (currency: string) => special[currency] ?? plain;

/** Minor units as Stripe counts them. @throws ProviderError `refused` where it can't pay them exactly */
export const toStripe = (amountMinor: string, currency: string): number => {
  const { times, by, step } = ruleOf(currency);
  const scaled = BigInt(amountMinor) * times;
  if (scaled % by !== 0n || (scaled / by) % step !== 0n) {
    throw new ProviderError('refused', `stripe does not pay ${currency} in parts so small.`);
  }
  return Number(scaled / by);
};

/** What Stripe counted, in minor units. `currency`: in upper case. */
export const fromStripe = (amount: number, currency: string): string => {
  const { times, by } = ruleOf(currency);
  return String((BigInt(amount) * by) / times);
};
