/**
 * The gift log: one live as its feed delivered it, in JSON Lines. The first line is the header, every further
 * line one frame. What was really given is, for every (viewer, gift, combo), its highest count times the
 * gift's price.
 */

/**
 * An entry of a catalogue. `coins`: its price. A gift that is not streakable only ever comes with count 1.
 */
export interface Gift {
  readonly id: string;
  readonly name: string;
  readonly coins: number;
  readonly streakable: boolean;
}

/** The first line. `startedAt` (ISO 8601) is informative; `source` names where the log comes from. */
export interface GiftLogHeader {
  readonly giftLog: 1;
  readonly live: string;
  readonly creator: string;
  readonly startedAt: string;
  readonly source: string;
  readonly gifts: readonly Gift[];
}

/**
 * "This viewer's combo has now reached `count`", `t` ms after the first gift. Frames lie in the order of
 * their arrival; where `t` is the sender's stamp it may run backwards. The combo id is unique only together
 * with viewer and gift.
 */
export interface Frame {
  readonly t: number;
  readonly viewer: string;
  readonly gift: string;
  readonly combo: string;
  readonly count: number;
}

/** A header and its frames, in a form that need not lie in memory. */
export interface GiftLog {
  readonly header: GiftLogHeader;
  readonly frames: Iterable<Frame>;
}

/** The lines of a gift log, without line ends. */
export function* formatGiftLog({ header, frames }: GiftLog): Generator<string> {
  yield formatHeader(header);
  for (const frame of frames) yield formatFrame(frame);
}

/** The header's line: fields in the order of the format, whatever order the object has them in. */
export const formatHeader = ({ giftLog, live, creator, startedAt, source, gifts }: GiftLogHeader): string =>
  JSON.stringify({
    giftLog,
    live,
    creator,
    startedAt,
    source,
    gifts: gifts.map(({ id, name, coins, streakable }) => ({ id, name, coins, streakable })),
  });

/** One frame's line. */
export const formatFrame = ({ t, viewer, gift, combo, count }: Frame): string =>
  JSON.stringify({ t, viewer, gift, combo, count });
