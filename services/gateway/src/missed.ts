import { type AsOf, type MissedPage, type Refusal, refuse } from '@carat/protocol';
import type { Reader } from '@carat/read-models';
import { encoded } from './encoded.ts';
import { isBefore, type KeptBookings } from './kept-bookings.ts';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';

/** Answers what clients have missed: pages of bookings after a place. */
export type Missed = {
  /** @throws where the read models cannot be read and too little is kept */
  page(room: Room, after: string): Promise<MissedPage | Refusal>;
};

type Room = {
  readonly known: { readonly live: string; readonly creator: string };
  readonly asOf: AsOf | undefined;
  readonly kept: KeptBookings;
};
type Dependencies = { readonly reader: Pick<Reader, 'liveFeed'>; readonly metrics: GatewayMetrics };

/** Pages are cut from the bookings kept, and only where those do not go back far enough read from Redis. */
export const openMissed = ({ reader, metrics }: Dependencies): Missed => {
  /**
   * Pages being read, by live, place, and how much had come then: who asks for the same gets the same, but
   * not one whose read may have begun before what the asker was sent.
   */
  const reads = new Map<string, Promise<MissedPage | Refusal>>();

  const readPage = async ({ known, asOf }: Room, after: string): Promise<MissedPage | Refusal> => {
    const { live, creator } = known;
    const limit = limits.maxBookingsPerPart;
    const feed = await reader.liveFeed({ live, creator }, { after, limit });
    if (feed === undefined) return overloaded();
    const { generation, position } = feed.asOf;
    // Nobody can have been told of more than there is: the log was set back, and goes on from here.
    if (isBefore(position, after)) return pageOf(live, [], { next: position ?? '0', gap: true, more: false });
    // Told by a generation that this gateway may have left behind.
    if (isBeyond(asOf, after) && asOf?.generation !== generation) return overloaded();
    const texts: string[] = [];
    let bytes = 0;
    for (const booking of feed.bookings) {
      const text = JSON.stringify(booking);
      bytes += text.length + 1;
      if (bytes > limits.maxBytesPerPart && texts.length > 0) break;
      texts.push(text);
    }
    const next = feed.bookings[texts.length - 1]?.position ?? after;
    const more = texts.length < feed.bookings.length || feed.bookings.length === limit;
    return pageOf(live, texts, { next, gap: feed.gap, more });
  };

  return {
    async page(room, after) {
      const { kept, asOf } = room;
      const { live } = room.known;
      const number = kept.numberAfter(after);
      const isAhead = isBefore(kept.upTo, after) && isBeyond(asOf, after);
      if (number !== undefined && !isAhead) {
        metrics.missedPages.inc({ from: 'memory' });
        const part = kept.part(number);
        if (part === undefined) return pageOf(live, [], { next: after, gap: false, more: false });
        return pageOf(live, part.bookings, { next: part.upTo, gap: false, more: part.next < kept.next });
      }
      const key = `${live} ${after} ${kept.next}`;
      const running = reads.get(key);
      if (running) return running;
      if (reads.size >= limits.maxMissedReads) return overloaded();
      metrics.missedPages.inc({ from: 'redis' });
      const read = readPage(room, after).finally(() => reads.delete(key));
      reads.set(key, read);
      return read;
    },
  };
};

/** Whether somebody has been told of more than was heard here: by another gateway, or of another log. */
const isBeyond = (asOf: AsOf | undefined, after: string): boolean =>
  asOf !== undefined && isBefore(asOf.position, after);

const overloaded = (): Refusal => refuse('overloaded', { retryAfterMs: limits.missedAgainAfterMs });

const pageOf = (
  live: string,
  bookings: readonly string[],
  { next, gap, more }: Pick<MissedPage, 'next' | 'gap' | 'more'>,
): MissedPage => {
  const rest = JSON.stringify({ next, gap, more }).slice(1);
  return encoded(`{"live":${JSON.stringify(live)},"bookings":[${bookings.join(',')}],${rest}`);
};
