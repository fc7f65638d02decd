import { type PayoutProvider, ProviderError } from '@carat/payout-providers';
import type { PayoutsMetrics } from '../metrics.ts';

/** A redemption is to be paid by a provider that this process was not told of. */
export class ProviderMissing extends Error {
  override readonly name = 'ProviderMissing';
}

/** Calls to providers, each counted with how it ended. */
export const createCalls = (
  providers: ReadonlyMap<string, PayoutProvider>,
  metrics: Pick<PayoutsMetrics, 'calls'>,
) => ({
  /** @throws ProviderMissing */
  find(name: string): PayoutProvider {
    const provider = providers.get(name);
    if (provider) return provider;
    const known = [...providers.keys()].join(', ');
    throw new ProviderMissing(
      `A redemption is to be paid by ${name}; CARAT_PAYOUT_PROVIDERS names ${known}.`,
    );
  },
  /** @throws what the call throws */
  async count<T>(provider: string, call: 'pay' | 'look' | 'list', made: Promise<T>): Promise<T> {
    try {
      const answer = await made;
      metrics.calls.inc({ provider, call, result: 'answered' });
      return answer;
    } catch (error) {
      metrics.calls.inc({ provider, call, result: error instanceof ProviderError ? error.code : 'error' });
      throw error;
    }
  },
});

export type Calls = ReturnType<typeof createCalls>;
