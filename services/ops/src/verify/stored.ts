import type { StoredEvent } from '@carat/event-store';
import type { Window } from './numbers/windows.ts';

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
} as const;

type Shapes = typeof shapes;
type Fields = {
  text: string;
  texts: readonly string[];
  integer: number;
  /** Null where it has none. */
  title: string | null;
  /** An instant, or null where there is no such bound. */
  bound: number | null;
  window: Window;
  balance: { readonly balance: number };
};
export type FactType = keyof Shapes;
export type Data<T extends FactType> = {
  readonly [F in keyof Shapes[T]]: Shapes[T][F] extends keyof Fields ? Fields[Shapes[T][F]] : never;
};
export type Fact<T extends FactType = FactType> = T extends FactType
  ? { readonly type: T; readonly data: Data<T>; readonly stored: StoredEvent }
  : never;

const windows: readonly unknown[] = ['hour', 'day', 'week', 'all'] satisfies Window[];

const fits = {
  text: (value: unknown) => typeof value === 'string' && value !== '',
  title: (value: unknown) => value === null || typeof value === 'string',
  texts: (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  bound: (value: unknown) => value === null || Number.isSafeInteger(value),
  window: (value: unknown) => windows.includes(value),
  integer: (value: unknown) => Number.isSafeInteger(value),
  balance: (value: unknown) =>
    typeof value === 'object' && value !== null && Number.isSafeInteger((value as Fields['balance']).balance),
} as const;

const checks = new Map(
  Object.entries(shapes).map(([type, shape]) => [type, Object.entries(shape) as [string, keyof Fields][]]),
);

const ourStreams =
  /^(wallet-|grant-|live-|earnings-|standing-|(catalogue|rates|boards|settlement|log|seals)$)/;

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
