import { type PayoutProvider, ProviderError } from '@carat/payout-providers';
import { limits } from '../limits.ts';
import type { PayoutsMetrics } from '../metrics.ts';

/** A redemption is to be paid by a provider that this process was not told of. */
export class ProviderMissing extends Error {
  override readonly name = 'ProviderMissing';
}

/** Calls to providers, each counted with how it ended. */
export const createCalls = (
  providers: ReadonlyMap<string, PayoutProvider>,
  metrics: Pick<PayoutsMetrics, 'calls' | 'held'>,
) => {
  const checks = new Map<string, { readonly at: number; readonly answer: Promise<void> }>();
  return {
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
    async count<T>(provider: string, call: 'pay' | 'look' | 'list' | 'check', made: Promise<T>): Promise<T> {
      try {
        const answer = await made;
        metrics.calls.inc({ provider, call, result: 'answered' });
        return answer;
      } catch (error) {
        metrics.calls.inc({ provider, call, result: error instanceof ProviderError ? error.code : 'error' });
        throw error;
      }
    },
    /** Whether the provider takes calls, as it was lately. @throws ProviderError where it does not */
    check(provider: PayoutProvider): Promise<void> {
      const known = checks.get(provider.name);
      if (known && performance.now() - known.at < limits.checkKeptMs) return known.answer;
      const answer = this.count(provider.name, 'check', provider.check());
      checks.set(provider.name, { at: performance.now(), answer });
      return answer;
    },
    /** Counts an approved payout that is not started, by why. */
    hold: (reason: string): void => metrics.held.inc({ reason }),
  };
};

export type Calls = ReturnType<typeof createCalls>;
