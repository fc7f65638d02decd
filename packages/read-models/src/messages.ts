import type { ShownBooking } from '@carat/protocol';
import type { RedisClient } from './connection.ts';
import { channelOf, checkpointKey, type Unit } from './keys.ts';
import type { Known } from './known.ts';
import type { Checkpoint } from './questions.ts';
import { loadScript } from './script.ts';
import { liveFields, liveOfFeed, tables } from './tables.ts';

export type LiveChange = {
  /** As they stand after the application. */
  readonly totals: {
    readonly coins: number;
    readonly gifts: number;
    readonly senders: number;
    readonly millidiamonds: number;
  };
  /** What it booked, in log order. */
  readonly bookings: readonly ShownBooking[];
};

/**
 * What a unit says after each application, and again every second while it is idle, then without lives and
 * with `previous` equal to `position`. Whoever stands elsewhere than at `previous` has missed something.
 */
export type UnitMessage = {
  readonly generation: string;
  readonly unit: Unit;
  readonly previous: string | null;
  readonly position: string | null;
  readonly lives: { readonly [live: string]: LiveChange };
};

/**
 * The text of the message about an application, whose totals are known already.
 * @param shown each feed's new bookings, as JSON.
 */
export const tellLives = (
  place: Omit<UnitMessage, 'lives'>,
  known: Known,
  shown: ReadonlyMap<string, string>,
): string => {
  const lives: string[] = [];
  for (const [feed, bookings] of shown) {
    const live = liveOfFeed(feed);
    const all = known.table(tables.liveTotals(live))?.totals.get(liveFields.all);
    const [coins = 0, gifts = 0, millidiamonds = 0] = all?.amounts ?? [];
    const senders = known.table(tables.liveBoard(live))?.size ?? 0;
    const totals = JSON.stringify({ coins, gifts, senders, millidiamonds });
    lives.push(`${JSON.stringify(live)}:{"totals":${totals},"bookings":${bookings}}`);
  }
  return `${JSON.stringify(place).slice(0, -1)},"lives":{${lives.join(',')}}}`;
};

const beat = loadScript('./beat.lua');

/** Says where an idle unit stands, so that whoever missed the last message learns of it. */
export const repeatPlace = async (
  redis: RedisClient,
  generation: string,
  unit: Unit,
  { position, application }: Checkpoint,
): Promise<void> => {
  const message: UnitMessage = { generation, unit, previous: position, position, lives: {} };
  const keys = [checkpointKey(generation, unit), channelOf(generation, unit)];
  await beat(redis, keys, [application, JSON.stringify(message)]);
};
