import type { redemptions } from '@carat/protocol';
import { useMemo, useRef } from 'react';
import type { Api } from '../../shared/api.ts';
import { limits } from '../../shared/limits.ts';
import { useAsked } from '../../shared/use-asked.ts';
import { useSteady } from '../../shared/use-steady.ts';

export type Quoted = {
  /** Of this amount, or while that is being asked for, of the one before it. */
  readonly quote: redemptions.QuoteLines | undefined;
  /** Whether it is of this very amount. */
  readonly isCurrent: boolean;
  readonly error: unknown;
};

/**
 * What diamonds would come to, asked for when the amount has stood for a moment.
 * @param basis asked for anew when this changes, such as how much can be redeemed
 */
export const useQuote = (
  api: Api,
  creator: string,
  diamonds: number | undefined,
  currency: string | undefined,
  basis: unknown,
): Quoted => {
  const steady = useSteady(diamonds, limits.amountStandsMs);
  // biome-ignore lint/correctness/useExhaustiveDependencies: on another basis there is another answer
  const ask = useMemo(() => {
    if (steady === undefined || currency === undefined) return undefined;
    const body = { diamonds: steady, currency, creator };
    return (signal: AbortSignal) =>
      api.send<redemptions.QuoteLines>('POST', '/redemptions/quote', body, signal);
  }, [api, creator, steady, currency, basis]);
  const { value, error } = useAsked(ask, limits.quoteEveryMs);
  const before = useRef(value);
  if (value !== undefined) before.current = value;
  if (error !== undefined || diamonds === undefined) before.current = undefined;
  const quote = value ?? before.current;
  const isCurrent = error === undefined && quote?.diamonds === diamonds && quote?.currency === currency;
  return {
    quote: error === undefined ? quote : undefined,
    isCurrent: quote !== undefined && isCurrent,
    error,
  };
};
