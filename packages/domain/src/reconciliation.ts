import type { Redemption, RedemptionStatus } from './earnings.ts';
import type { Event } from './events.ts';
import { maxSendDelayMs } from './payout.ts';

/** What was found when a provider's list was compared with the log. Stream: `reconciliation`. */
export const reconciliationEventTypes = ['PayoutsReconciled'] as const;

/** How far the clocks here and at a provider may be apart. */
export const reconciliationMarginMs = 5 * 60_000;

/** A payout as the log knows it. */
export type LoggedPayout = {
  readonly key: string;
  readonly recipient: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly status: RedemptionStatus;
  readonly startedAt: number;
  readonly reference: string | null;
};

/** The payout of a redemption, where one was begun with the provider. */
export const loggedPayout = (redemption: Redemption, provider: string): LoggedPayout | undefined => {
  const { payout, method, quote, status, reference } = redemption;
  if (payout === null || payout.provider !== provider) return undefined;
  const { key, startedAt } = payout;
  const amount = { amountMinor: quote.net, currency: quote.currency };
  return { key, recipient: method.reference, ...amount, status, startedAt, reference };
};

export type ListedOutcome = 'sent' | 'paid' | 'failed' | 'returned';

/** A payout as the provider lists it; `madeAt` in ms since 1970. */
export type ListedByProvider = {
  readonly key: string | undefined;
  readonly reference: string;
  /** Whether `reference` is what the provider told of the payout before, or a name of its list's own. */
  readonly referenceFrom: 'pay' | 'list';
  readonly recipient: string | null;
  readonly amountMinor: string;
  readonly currency: string;
  readonly state: { readonly outcome: ListedOutcome };
  readonly madeAt: number;
};

export type DifferenceKind =
  | 'missing_at_provider'
  | 'unknown_to_log'
  | 'amount_differs'
  | 'recipient_differs'
  | 'reference_differs'
  | 'state_differs'
  | 'paid_twice';

/** `text` is one sentence for an operator, which names the payout. */
export type Difference = {
  readonly kind: DifferenceKind;
  readonly key: string | null;
  readonly reference: string | null;
  readonly text: string;
};

export type Comparison = {
  readonly provider: string;
  /** Instants in ms since 1970: payouts begun, or made by the provider, `from` within, `to` beyond. */
  readonly from: number;
  readonly to: number;
  /** Up to when the provider's list is complete: what it may still list is not missing. */
  readonly completeTo: number;
  /** By key: all that were begun in the time, and those of any time that the list names. */
  readonly logged: ReadonlyMap<string, LoggedPayout>;
  /** From a margin before the time until an hour and a margin after it, as payouts are sent so late. */
  readonly listed: readonly ListedByProvider[];
};

export type Compared = {
  /** Payouts of the time in the log. */
  readonly payouts: number;
  /** Those of them that the list does not name, and may yet. */
  readonly pending: number;
  readonly differences: readonly Difference[];
};

/** Which outcomes a provider may list of a payout that the log has so; a list may be a step behind. */
const agreeing: Readonly<Partial<Record<RedemptionStatus, readonly ListedOutcome[]>>> = {
  sent: ['sent'],
  paid: ['paid', 'sent'],
  failed: ['failed', 'returned'],
  returned: ['returned', 'failed'],
};
/** Of a payout that is not paid, and not to be: nothing may have left the provider. */
const unpaid: readonly ListedOutcome[] = ['failed', 'returned'];

/** Whether the log says that money has left, so that the provider must list it. */
const hasLeft = ({ status }: LoggedPayout): boolean =>
  status === 'started' || status === 'sent' || status === 'paid' || status === 'returned';

const describeMoney = ({ amountMinor, currency }: LoggedPayout | ListedByProvider): string =>
  `${amountMinor} minor units of ${currency}`;

/** Compares what a provider lists with what the log says of the same time, and names every difference. */
export const comparePayouts = (comparison: Comparison): Compared => {
  const { from, to, completeTo, provider, logged, listed } = comparison;
  const differences: Difference[] = [];
  const seen = new Map<string, ListedByProvider>();

  for (const each of listed) {
    const known = each.key === undefined ? undefined : logged.get(each.key);
    if (known === undefined) {
      if (isWithin(each.madeAt, from, to)) differences.push(unknownToLog(provider, each));
      continue;
    }
    const before = seen.get(known.key);
    if (before && isMade(before) && isMade(each) && before.reference !== each.reference) {
      const text = `${provider} made ${known.key} twice: ${before.reference} and ${each.reference}.`;
      differences.push({ kind: 'paid_twice', key: known.key, reference: each.reference, text });
    }
    if (before === undefined || isMade(each)) seen.set(known.key, each);
  }

  let [payouts, pending] = [0, 0];
  for (const known of logged.values()) {
    const each = seen.get(known.key);
    if (isWithin(known.startedAt, from, to)) {
      payouts += 1;
      if (each === undefined && hasLeft(known)) {
        if (completeTo < known.startedAt + maxSendDelayMs + reconciliationMarginMs) pending += 1;
        else differences.push(missingAtProvider(provider, known));
      }
    }
    if (each) differences.push(...compareOne(provider, known, each));
  }
  return { payouts, pending, differences };
};

const isWithin = (at: number, from: number, to: number): boolean => at >= from && at < to;
const isMade = ({ state }: ListedByProvider): boolean => !unpaid.includes(state.outcome);

const unknownToLog = (provider: string, listed: ListedByProvider): Difference => {
  const key = listed.key ?? null;
  const text =
    `${provider} lists ${listed.reference} (${key ?? 'without a key'}, ${describeMoney(listed)}), ` +
    'which the log does not know.';
  return { kind: 'unknown_to_log', key, reference: listed.reference, text };
};

const missingAtProvider = (provider: string, known: LoggedPayout): Difference => {
  const { key, status } = known;
  const text = `${key} is ${status} in the log (${describeMoney(known)}), and ${provider} does not list it.`;
  return { kind: 'missing_at_provider', key: known.key, reference: known.reference, text };
};

/** What differs of one payout that both know. */
const compareOne = (provider: string, known: LoggedPayout, listed: ListedByProvider): Difference[] => {
  const { key, status } = known;
  const { reference, referenceFrom } = listed;
  const { outcome } = listed.state;
  const found: Difference[] = [];
  const differ = (kind: DifferenceKind, text: string): void =>
    void found.push({ kind, key, reference, text: `${key}: ${text}.` });
  if (known.amountMinor !== listed.amountMinor || known.currency !== listed.currency) {
    differ('amount_differs', `${describeMoney(known)} in the log, ${describeMoney(listed)} at ${provider}`);
  }
  if (listed.recipient !== null && listed.recipient !== known.recipient) {
    differ('recipient_differs', `for ${known.recipient} in the log, for ${listed.recipient} at ${provider}`);
  }
  if (referenceFrom === 'pay' && known.reference !== null && known.reference !== reference) {
    differ('reference_differs', `${known.reference} in the log, ${reference} at ${provider}`);
  }
  if (!(agreeing[status] ?? unpaid).includes(outcome)) {
    differ('state_differs', `${status} in the log, ${outcome} at ${provider}`);
  }
  return found;
};

/** How many differences an event names; the rest are counted. */
export const maxNamedDifferences = 50;

/** A comparison of a stretch so long looks at what was paid long ago, too: it may have come back since. */
export const longComparisonMs = 45 * 86_400_000;

/** What a provider told and the log cannot take stays named for so long: no list may ever show it. */
export const keptToldMs = 45 * 86_400_000;
/** How much of it is kept of one provider; beyond that it is in the process's log and metrics alone. */
export const maxKeptTold = 1_000;

/** What contradicts the log, as a sentence; null where it is only counted. `at` in ms since 1970. */
export type Told = { readonly text: string | null; readonly at: number };

const stillKept = (told: readonly Told[], now: number): readonly Told[] =>
  told.filter(({ at }) => now - at < keptToldMs);

/**
 * The outcome of a comparison, as the log keeps it: first what was told before and is still kept, then what
 * differs, each sentence once.
 */
export const payoutsReconciled = (
  { provider, from, to }: Pick<Comparison, 'provider' | 'from' | 'to'>,
  { payouts, differences }: Compared,
  now: number,
  told: readonly Told[] = [],
): Event<'PayoutsReconciled'> => {
  const kept = stillKept(told, now).map(({ text }) => text);
  const texts = [
    ...new Set([...kept.filter((text) => text !== null), ...differences.map(({ text }) => text)]),
  ];
  const named = texts.slice(0, maxNamedDifferences);
  const unnamed = texts.length - named.length + kept.filter((text) => text === null).length;
  return {
    type: 'PayoutsReconciled',
    data: { provider, from, to, payouts, differences: named, unnamed, at: now },
  };
};

/** The last comparison with a provider, and what it told since or before. */
export type LastReconciliation = Event<'PayoutsReconciled'>['data'] & {
  /** Of what it counts and names, what the provider told; the rest is what was compared. */
  readonly told: readonly Told[];
  /** Up to when the last long stretch was compared, in ms since 1970. */
  readonly longTo: number;
};

/** By provider. */
export type Reconciliations = ReadonlyMap<string, LastReconciliation>;

export const initialReconciliations: Reconciliations = new Map();

const nothingCompared = {
  from: 0,
  to: 0,
  payouts: 0,
  differences: [],
  unnamed: 0,
  at: 0,
  told: [],
  longTo: 0,
};

/** The last comparison with a provider; one of no time at all where there was none. */
export const lastReconciliation = (known: Reconciliations, provider: string): LastReconciliation =>
  known.get(provider) ?? { provider, ...nothingCompared };

/**
 * Adds to the last comparison what a provider told and the log cannot take: once, and named as long as there
 * is room, beyond that counted.
 */
export const keepTold = (
  known: Reconciliations,
  { provider, text, now }: { readonly provider: string; readonly text: string; readonly now: number },
): readonly Event<'PayoutsReconciled'>[] => {
  const { told, longTo: _, ...last } = lastReconciliation(known, provider);
  const { differences, unnamed } = last;
  if (told.some((each) => each.text === text) || told.length >= maxKeptTold) return [];
  const more =
    differences.length < maxNamedDifferences
      ? { differences: [...differences.filter((each) => each !== text), text] }
      : { unnamed: unnamed + 1 };
  return [{ type: 'PayoutsReconciled', data: { ...last, ...more, at: now } }];
};

/** An event that reaches no further than the one before it compared nothing: it adds what was told. */
export const evolveReconciliations = (
  known: Reconciliations,
  { data }: Event<'PayoutsReconciled'>,
): Reconciliations => {
  const { to, unnamed, told, longTo } = lastReconciliation(known, data.provider);
  if (data.to === to) {
    const text = data.unnamed > unnamed ? null : (data.differences.at(-1) ?? null);
    return new Map(known).set(data.provider, { ...data, told: [...told, { text, at: data.at }], longTo });
  }
  const isLong = data.to - data.from >= longComparisonMs;
  return new Map(known).set(data.provider, {
    ...data,
    told: stillKept(told, data.at),
    longTo: isLong ? data.to : longTo,
  });
};
