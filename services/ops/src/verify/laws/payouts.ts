import type { Differences } from '../../outcome.ts';
import { type Fact, nameOf } from '../stored.ts';

/** What of a redemption its payout is about. */
export type Payout = {
  readonly currency: string;
  readonly net: bigint;
  readonly provider: string;
  reference: string | undefined;
  isListName: boolean;
  startedAt: number;
  /** Whether its money may have left the house, and not come back. */
  isOut: boolean;
};

export type PayoutFact = Fact<Extract<Fact['type'], `Payout${string}`>>;

/** Which payout is meant at the provider. */
export const keyOf = (data: { readonly creator: string; readonly redemption: string }): string =>
  `${data.creator}/${data.redemption}`;

/** A call to a provider may be made for so long after its start. */
const maxSendMs = 3_600_000;

/**
 * Whoever started a payout calls alone for so long, and may take the start back in that time where no call
 * paid anything. Afterwards others call too.
 */
const soleCallMs = 120_000;

/**
 * A payout is called by one key and goes by one reference, which stands for no other; none is given up while
 * it may yet be made. What is remembered grows with payouts.
 */
export const createPayouts = (differences: Differences) => {
  /** Whose each provider's payout is. */
  const owners = new Map<string, string>();
  const sent = new Map<string, bigint>();

  const start = ({ data, stored }: Fact<'PayoutStarted'>, payout: Payout): void => {
    const wrong = (what: string): void => differences.add(`${nameOf(stored)}: ${what}.`);
    const { key, provider } = data;
    if (key !== keyOf(data)) wrong(`its key is ${key}, by which another payout may be meant`);
    if (provider !== payout.provider) wrong(`${provider} is to pay, but ${payout.provider} was asked for`);
    payout.startedAt = data.at;
  };

  const giveUp = ({ data, stored }: Fact<'PayoutNotMade'>, { startedAt }: Payout): void => {
    const since = data.at - startedAt;
    if (since < soleCallMs || since >= maxSendMs) return;
    differences.add(`${nameOf(stored)}: it is given up ${since} ms after its start: it may yet be made.`);
  };

  const refer = ({ data, stored }: Fact<'PayoutSent' | 'PayoutPaid'>, payout: Payout): void => {
    const wrong = (what: string): void => differences.add(`${nameOf(stored)}: ${what}.`);
    const { reference } = data;
    // The provider's list may call it by another name than its answers do.
    const isListName = data.referenceFrom === 'list';
    if (
      payout.reference !== undefined &&
      payout.isListName === isListName &&
      payout.reference !== reference
    ) {
      wrong(`the payout was called ${payout.reference}, now it is ${reference}`);
    }
    const name = `${payout.provider} ${reference}`;
    const owner = owners.get(name) ?? keyOf(data);
    if (owner !== keyOf(data)) wrong(`the payout ${reference} is that of the redemption ${owner}`);
    owners.set(name, keyOf(data));
    payout.reference = reference;
    payout.isListName = isListName;
  };

  const move = (payout: Payout, isOut: boolean): void => {
    const { currency, net } = payout;
    sent.set(currency, (sent.get(currency) ?? 0n) + (isOut ? net : -net));
    payout.isOut = isOut;
  };

  return {
    /** Money leaves with each start, and comes back where it was not made, failed or was returned. */
    see(fact: PayoutFact, payout: Payout): void {
      switch (fact.type) {
        case 'PayoutStarted':
          start(fact, payout);
          return move(payout, true);
        case 'PayoutSent':
        case 'PayoutPaid':
          refer(fact, payout);
          if (!payout.isOut) move(payout, true);
          return;
        case 'PayoutNotMade':
          giveUp(fact, payout);
          if (payout.isOut) move(payout, false);
          return;
        default:
          if (payout.isOut) move(payout, false);
      }
    },
    /** Whole minor units that left and did not come back, by currency. */
    sent: (): ReadonlyMap<string, bigint> => sent,
  };
};
