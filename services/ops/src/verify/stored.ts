import type { StoredEvent } from '@carat/event-store';

/** Where an event stands, for whoever is told that it is wrong. */
export const nameOf = ({ type, stream, revision, position }: StoredEvent): string =>
  `${type} ${revision} of ${stream} at position ${position}`;

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
  LiveStarted: { live: 'text', creator: 'text', at: 'integer' },
  LiveEnded: { live: 'text', creator: 'text', at: 'integer' },
  GiftListed: { gift: 'text', coins: 'integer', at: 'integer' },
  GiftRepriced: { gift: 'text', coins: 'integer', at: 'integer' },
  GiftRetired: { gift: 'text', at: 'integer' },
  DiamondRateSet: { millidiamondsPerCoin: 'integer', from: 'integer', at: 'integer' },
  EventSkipped: { event: 'text', unit: 'text' },
  EventUnskipped: { event: 'text', unit: 'text' },
} as const;

type Shapes = typeof shapes;
type Fields = { text: string; integer: number; balance: { readonly balance: number } };
export type FactType = keyof Shapes;
export type Data<T extends FactType> = {
  readonly [F in keyof Shapes[T]]: Shapes[T][F] extends keyof Fields ? Fields[Shapes[T][F]] : never;
};
export type Fact<T extends FactType = FactType> = T extends FactType
  ? { readonly type: T; readonly data: Data<T>; readonly stored: StoredEvent }
  : never;

const fits = {
  text: (value: unknown) => typeof value === 'string' && value !== '',
  integer: (value: unknown) => Number.isSafeInteger(value),
  balance: (value: unknown) =>
    typeof value === 'object' && value !== null && Number.isSafeInteger((value as Fields['balance']).balance),
} as const;

const checks = new Map(
  Object.entries(shapes).map(([type, shape]) => [type, Object.entries(shape) as [string, keyof Fields][]]),
);

const ourStreams = /^(wallet-|grant-|live-|(catalogue|rates|log|seals)$)/;

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
