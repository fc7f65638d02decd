import { type PayoutProvider, type PayoutState, ProviderError } from '@carat/payout-providers';
import type { Mortality } from './turns.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Short enough for what is forgotten to matter. */
const memoryMs = 30 * hourMs;
const listDelayMs = 2 * hourMs;

export type Made = {
  readonly key: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly recipient: string;
  readonly reference: string;
  readonly madeAt: number;
  readonly ends: 'paid' | 'failed' | 'returned';
};

/** What becomes of the next call that pays. */
export type Fate = 'paid' | 'failed' | 'returned' | 'down' | 'lost' | 'refused';

/**
 * A provider as the port says one is: it pays once per key for as long as it remembers it, and would pay
 * again after that.
 */
export const createScripted = (now: () => number, nextFate: () => Fate) => {
  const made: Made[] = [];
  const find = (key: string): Made | undefined => made.findLast((each) => each.key === key);

  /** All that it tells of a payout by now, in order. */
  const statesOf = ({ reference, madeAt, ends }: Made): PayoutState[] => {
    const age = now() - madeAt;
    const reason = 'as it was told to';
    return [
      { outcome: 'sent', reference },
      ...(age >= hourMs && ends !== 'failed' ? [{ outcome: 'paid', reference } as const] : []),
      ...(age >= hourMs && ends === 'failed' ? [{ outcome: 'failed', reference, reason } as const] : []),
      ...(age >= dayMs && ends === 'returned' ? [{ outcome: 'returned', reference, reason } as const] : []),
    ];
  };
  const stateOf = (each: Made): PayoutState => statesOf(each).at(-1)!;

  const pay: PayoutProvider['pay'] = async ({ key, amountMinor, currency, recipient }) => {
    const fate = nextFate();
    if (fate === 'down') throw new ProviderError('unavailable', 'It is down.');
    const known = find(key);
    if (known !== undefined && now() < known.madeAt + memoryMs) return stateOf(known);
    if (fate === 'refused') throw new ProviderError('refused', 'It is not to be made.');
    const payment = { key, amountMinor, currency, recipient };
    const ends = fate === 'lost' ? 'paid' : fate;
    const payout = { ...payment, reference: `ref-${made.length}`, madeAt: now(), ends };
    made.push(payout);
    if (fate === 'lost') throw new ProviderError('outcome_unknown', 'The answer was lost.');
    return stateOf(payout);
  };

  const list: PayoutProvider['list'] = async ({ from, to }) => {
    const completeTo = Math.min(to, now() - listDelayMs);
    const within = made.filter(({ madeAt }) => madeAt >= from && madeAt < to && madeAt <= completeTo);
    const payouts = within.map(({ ends: _, ...each }) => ({
      ...each,
      referenceFrom: 'pay' as const,
      state: stateOf(find(each.key)!),
    }));
    return { payouts, next: undefined, completeTo };
  };

  /** As one process has it, any of whose calls may be its last. */
  const adapter = ({ call }: Mortality): PayoutProvider => ({
    name: 'scripted',
    memoryMs,
    listDelayMs,
    pay: (payment) => call(() => pay(payment)),
    look: ({ key }) =>
      call(async () => {
        const known = find(key);
        return known && stateOf(known);
      }),
    list: (request) => call(() => list(request)),
    readWebhook: async () => [],
    check: async () => {},
    close: async () => {},
  });

  return { made, statesOf, adapter };
};

export type Scripted = ReturnType<typeof createScripted>;
