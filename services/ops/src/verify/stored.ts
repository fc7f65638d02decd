import type { Quote } from '@carat/domain';
import type { StoredEvent } from '@carat/event-store';
import type { Window } from './numbers/windows.ts';

/** Where an event stands, for whoever is told that it is wrong. */
export const nameOf = ({ type, stream, revision, position }: StoredEvent): string =>
  `${type} ${revision} of ${stream} at position ${position}`;

const ofRedemption = { creator: 'text', redemption: 'text', at: 'integer' } as const;

/**
 * The fields of stored events that this command reads, as they are on disk. Written down here once more on
 * purpose: what is to prove the log must not share the code that reads it elsewhere.
 */
const shapes = {
  LogCreated: { logId: 'text' },
  GiftSent: {
    combo: 'text',
    viewer: 'text',
    live: 'text',
    creator: 'text',
    gift: 'text',
    booked: 'integer',
    count: 'integer',
    coins: 'integer',
    millidiamonds: 'integer',
    unitCoins: 'integer',
    rate: 'integer',
    at: 'integer',
    after: 'balance',
  },
  CoinsGranted: { grant: 'text', viewer: 'text', coins: 'integer', at: 'integer', after: 'balance' },
  GrantMade: { grant: 'text', viewer: 'text', coins: 'integer', at: 'integer' },
  LiveStarted: { live: 'text', creator: 'text', title: 'title', at: 'integer' },
  LiveEnded: { live: 'text', creator: 'text', at: 'integer' },
  GiftListed: { gift: 'text', coins: 'integer', at: 'integer' },
  GiftRepriced: { gift: 'text', coins: 'integer', at: 'integer' },
  GiftRetired: { gift: 'text', at: 'integer' },
  DiamondRateSet: { millidiamondsPerCoin: 'integer', from: 'integer', at: 'integer' },
  BoardCreated: {
    board: 'text',
    ranks: 'text',
    lives: 'texts',
    gifts: 'texts',
    from: 'bound',
    to: 'bound',
    window: 'window',
    at: 'integer',
  },
  BoardRetired: { board: 'text', at: 'integer' },
  EventSkipped: { event: 'text', unit: 'text' },
  EventUnskipped: { event: 'text', unit: 'text' },
  MoneyRateSet: {
    currency: 'text',
    numerator: 'integer',
    denominator: 'integer',
    from: 'integer',
    at: 'integer',
  },
  DayClosed: { day: 'day', previous: 'earlierDay', holdDays: 'integer', at: 'integer' },
  DaySettled: {
    day: 'day',
    creators: 'integer',
    gifts: 'integer',
    coins: 'amount',
    millidiamonds: 'amount',
    at: 'integer',
  },
  DiamondsSettled: {
    creator: 'text',
    day: 'day',
    gifts: 'integer',
    coins: 'amount',
    millidiamonds: 'amount',
    hash: 'text',
    at: 'integer',
  },
  RedemptionRequested: { ...ofRedemption, key: 'text', quote: 'quote', method: 'method' },
  RedemptionPutInReview: ofRedemption,
  RedemptionApproved: ofRedemption,
  RedemptionRefused: ofRedemption,
  RedemptionCancelled: ofRedemption,
  PayoutStarted: { ...ofRedemption, key: 'text', provider: 'text' },
  PayoutNotMade: ofRedemption,
  PayoutSent: { ...ofRedemption, reference: 'text', referenceFrom: 'nameKind' },
  PayoutPaid: { ...ofRedemption, reference: 'text', referenceFrom: 'nameKind' },
  PayoutFailed: ofRedemption,
  PayoutReturned: ofRedemption,
} as const;

type Shapes = typeof shapes;
type Fields = {
  text: string;
  texts: readonly string[];
  /** Missing where the reference is the name of the provider's answers. */
  nameKind: 'list' | undefined;
  integer: number;
  /** Null where it has none. */
  title: string | null;
  /** An instant, or null where there is no such bound. */
  bound: number | null;
  window: Window;
  balance: { readonly balance: number };
  /** As `2026-11-23`. */
  day: string;
  earlierDay: string | null;
  /** A whole number that is not negative, as text. */
  amount: string;
  quote: Quote;
  method: { readonly provider: string; readonly reference: string };
};
export type FactType = keyof Shapes;
export type Data<T extends FactType> = {
  readonly [F in keyof Shapes[T]]: Shapes[T][F] extends keyof Fields ? Fields[Shapes[T][F]] : never;
};
export type Fact<T extends FactType = FactType> = T extends FactType
  ? { readonly type: T; readonly data: Data<T>; readonly stored: StoredEvent }
  : never;

const windows: readonly unknown[] = ['hour', 'day', 'week', 'all'] satisfies Window[];

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isInteger = (value: unknown): boolean => Number.isSafeInteger(value);
const isDay = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));
const isAmount = (value: unknown): boolean => typeof value === 'string' && /^(0|[1-9]\d*)$/.test(value);

/** Whether a value is an object whose fields are as they must be. */
const hasFields = (value: unknown, fields: Readonly<Record<string, (field: unknown) => boolean>>): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(fields).every(([field, isFit]) => isFit((value as Record<string, unknown>)[field]));

const quoteFields = {
  diamonds: isInteger,
  currency: isText,
  rate: (rate: unknown) => hasFields(rate, { numerator: isInteger, denominator: isInteger }),
  feeMinor: isInteger,
  feePerMille: isInteger,
  withholdingPerMille: isInteger,
  denominator: isAmount,
  gross: isAmount,
  fee: isAmount,
  withheld: isAmount,
  net: isAmount,
  remainder: isAmount,
} satisfies Record<keyof Quote, (field: unknown) => boolean>;

const fits = {
  text: isText,
  title: (value: unknown) => value === null || typeof value === 'string',
  texts: (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  nameKind: (value: unknown) => value === undefined || value === 'list',
  bound: (value: unknown) => value === null || isInteger(value),
  window: (value: unknown) => windows.includes(value),
  integer: isInteger,
  balance: (value: unknown) => hasFields(value, { balance: isInteger }),
  day: isDay,
  earlierDay: (value: unknown) => value === null || isDay(value),
  amount: isAmount,
  quote: (value: unknown) => hasFields(value, quoteFields),
  method: (value: unknown) => hasFields(value, { provider: isText, reference: isText }),
} as const;

const checks = new Map(
  Object.entries(shapes).map(([type, shape]) => [type, Object.entries(shape) as [string, keyof Fields][]]),
);

const ourStreams = new RegExp(
  '^(wallet-|grant-|live-|earnings-|standing-|statement-|' +
    '(catalogue|rates|boards|settlement|reconciliation|log|seals)$)',
);

/** Whether a stream is one that Carat writes; whoever shares a store with it may write others. */
export const isOurs = ({ stream }: StoredEvent): boolean => ourStreams.test(stream);

/**
 * The event with its data, undefined for those that no number depends on, or the field that is not as it must
 * be.
 */
export const readFact = (stored: StoredEvent): Fact | { readonly fault: string } | undefined => {
  if (!isOurs(stored)) return undefined;
  const fields = checks.get(stored.type);
  if (fields === undefined) return undefined;
  for (const [field, kind] of fields) {
    if (!fits[kind](stored.data[field])) return { fault: `its ${field} is no ${kind}` };
  }
  return { type: stored.type, data: stored.data, stored } as unknown as Fact;
};
