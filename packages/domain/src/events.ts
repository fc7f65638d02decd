import { window } from '@carat/protocol';
import { z } from 'zod';
import { payoutSchemas } from './payout-events.ts';

/**
 * Every event of Carat as it stands in the log. Names and fields are on disk for ever: add new ones, never
 * change these. `at` is the deciding process's clock in ms since 1970; coins are integers, diamonds
 * thousandths. (Beside them stand the log's seals, `LogSealed`, which are the event store's and mean nothing
 * here.)
 */
const int = z.int();
const text = z.string();

const logCreated = z.object({ logId: text });
const eventSkipped = z.object({ event: text, unit: text, by: text, reason: text });
const eventUnskipped = z.object({ event: text, unit: text, by: text });

const giftListed = z.object({
  gift: text,
  name: text,
  coins: int,
  streakable: z.boolean(),
  by: text,
  at: int,
});
const giftRepriced = z.object({
  gift: text,
  name: text,
  coins: int,
  streakable: z.boolean(),
  by: text,
  at: int,
});
const giftRetired = z.object({ gift: text, by: text, at: int });

const diamondRateSet = z.object({ millidiamondsPerCoin: int, from: int, by: text, at: int });

/** `ranks`: whom the board ranks, viewers by coins or creators by millidiamonds. `by`: the operator. */
const boardCreated = z.object({
  board: text,
  ranks: z.enum(['viewer', 'creator']),
  lives: z.array(text),
  gifts: z.array(text),
  from: int.nullable(),
  to: int.nullable(),
  window,
  by: text,
  at: int,
});
const boardRetired = z.object({ board: text, by: text, at: int });

const liveStarted = z.object({ live: text, creator: text, title: text.nullable(), by: text, at: int });
const liveEnded = z.object({ live: text, creator: text, by: text, at: int });
/** No goal any more where there are no coins. */
const liveGoalSet = z.object({ live: text, creator: text, title: text, coins: int, by: text, at: int });
const viewerBlocked = z.object({ live: text, creator: text, viewer: text, by: text, at: int });
const viewerUnblocked = z.object({ live: text, creator: text, viewer: text, by: text, at: int });

const grantMade = z.object({ grant: text, viewer: text, coins: int, by: text, at: int });

/** How the wallet stands after the event. */
const after = z.object({ balance: int });
const coinsGranted = z.object({ grant: text, viewer: text, coins: int, at: int, after });
const giftSent = z.object({
  combo: text,
  viewer: text,
  live: text,
  creator: text,
  gift: text,
  /** How many gifts, coins and thousandths of diamonds this booking added. */
  booked: int,
  /** What the combo has reached. */
  count: int,
  coins: int,
  millidiamonds: int,
  /** Price of one in coins and thousandths of diamonds per coin: of the combo's first booking. */
  unitCoins: int,
  rate: int,
  at: int,
  after,
});

const schemas = {
  LogCreated: logCreated,
  EventSkipped: eventSkipped,
  EventUnskipped: eventUnskipped,
  GiftListed: giftListed,
  GiftRepriced: giftRepriced,
  GiftRetired: giftRetired,
  DiamondRateSet: diamondRateSet,
  BoardCreated: boardCreated,
  BoardRetired: boardRetired,
  LiveStarted: liveStarted,
  LiveEnded: liveEnded,
  LiveGoalSet: liveGoalSet,
  ViewerBlocked: viewerBlocked,
  ViewerUnblocked: viewerUnblocked,
  GrantMade: grantMade,
  CoinsGranted: coinsGranted,
  GiftSent: giftSent,
  ...payoutSchemas,
} as const;

/** The types of all events that this version knows, and what each holds. */
export const eventTypes = Object.keys(schemas) as readonly EventType[];
export const fieldsOf = (type: EventType): readonly string[] => Object.keys(schemas[type].shape);

export type EventType = keyof typeof schemas;
export type Event<T extends EventType = EventType> = T extends EventType
  ? { readonly type: T; readonly data: Readonly<z.infer<(typeof schemas)[T]>> }
  : never;

export type LogEvent = Event<'LogCreated' | 'EventSkipped' | 'EventUnskipped'>;
export type CatalogueEvent = Event<'GiftListed' | 'GiftRepriced' | 'GiftRetired'>;
export type RateEvent = Event<'DiamondRateSet' | 'MoneyRateSet'>;
export type BoardEvent = Event<'BoardCreated' | 'BoardRetired'>;
export type LiveEvent = Event<
  'LiveStarted' | 'LiveEnded' | 'LiveGoalSet' | 'ViewerBlocked' | 'ViewerUnblocked'
>;
export type WalletEvent = Event<'CoinsGranted' | 'GiftSent'>;
export type SettlementEvent = Event<'DayClosed' | 'DaySettled'>;
export type EarningsEvent = Event<
  | 'DiamondsSettled'
  | 'RedemptionRequested'
  | 'RedemptionPutInReview'
  | 'RedemptionApproved'
  | 'RedemptionRefused'
  | 'RedemptionCancelled'
  | 'PayoutStarted'
  | 'PayoutNotMade'
  | 'PayoutSent'
  | 'PayoutPaid'
  | 'PayoutFailed'
  | 'PayoutReturned'
>;
export type StandingEvent = Event<
  | 'IdentityStatusSet'
  | 'TaxStatusSet'
  | 'PayoutMethodSet'
  | 'PayoutMethodRemoved'
  | 'CreatorFrozen'
  | 'CreatorReleased'
  | 'ViolationRecorded'
  | 'ViolationWithdrawn'
  | 'ThresholdNeared'
>;

/** An event on the way from diamonds to money: a rate, a day's settlement, a redemption, a standing. */
export type PayoutEvent = Event<keyof typeof payoutSchemas>;
export const isPayoutEvent = (event: Event): event is PayoutEvent => Object.hasOwn(payoutSchemas, event.type);

/** A stored event that does not hold what its type promises: reading stops there, loudly. */
export class UnreadableEvent extends Error {
  constructor(type: string, fault: string) {
    super(`An event of type ${type} cannot be read: ${fault}`);
    this.name = 'UnreadableEvent';
  }
}

const countKeys = (data: object): number => {
  let count = 0;
  for (const _ in data) count++;
  return count;
};

const giftKeys = Object.keys(giftSent.shape).length;

/**
 * Whether data is that of a gift and nothing more, as its schema has it. Nearly all of a log is gifts, and to
 * take one up by its schema, which makes a copy, costs as much as all else that is done to read it.
 */
const isGift = (data: unknown): data is Event<'GiftSent'>['data'] => {
  const isInt = Number.isSafeInteger;
  if (typeof data !== 'object' || data === null) return false;
  const gift = data as { readonly [key in keyof typeof giftSent.shape]?: unknown };
  const after = gift.after as { readonly balance?: unknown } | null | undefined;
  return (
    typeof gift.combo === 'string' &&
    typeof gift.viewer === 'string' &&
    typeof gift.live === 'string' &&
    typeof gift.creator === 'string' &&
    typeof gift.gift === 'string' &&
    isInt(gift.booked) &&
    isInt(gift.count) &&
    isInt(gift.coins) &&
    isInt(gift.millidiamonds) &&
    isInt(gift.unitCoins) &&
    isInt(gift.rate) &&
    isInt(gift.at) &&
    typeof after === 'object' &&
    isInt(after?.balance) &&
    countKeys(after!) === 1 &&
    countKeys(data) === giftKeys
  );
};

/**
 * Takes up a stored event; the one place where events of older versions are brought up to date.
 * @returns undefined for types that this version does not know.
 * @throws UnreadableEvent
 */
export const readEvent = (stored: { readonly type: string; readonly data: unknown }): Event | undefined => {
  if (stored.type === 'GiftSent' && isGift(stored.data)) {
    return { type: 'GiftSent', data: stored.data };
  }
  const schema = (schemas as Record<string, z.ZodType>)[stored.type];
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(stored.data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UnreadableEvent(stored.type, `${issue?.path.join('.')}: ${issue?.message}`);
  }
  return { type: stored.type, data: parsed.data } as Event;
};

/** The same for a stream that holds events of certain types only. @throws UnreadableEvent */
export const readEventOf = <T extends EventType>(
  types: readonly T[],
  stored: { readonly type: string; readonly data: unknown },
): Event<T> => {
  const event = readEvent(stored);
  if (event === undefined || !(types as readonly string[]).includes(event.type)) {
    throw new UnreadableEvent(stored.type, `not one of ${types.join(', ')}`);
  }
  return event as Event<T>;
};
