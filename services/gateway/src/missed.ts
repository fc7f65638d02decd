import { type MissedPage, type Refusal, refuse } from '@carat/protocol';
import type { Reader } from '@carat/read-models';
import { encoded } from './encoded.ts';
import type { KeptBookings } from './kept-bookings.ts';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';

/** Answers what clients have missed: pages of bookings after a place. */
export type Missed = {
  /** @throws where the read models cannot be read and too little is kept */
  page(live: Live, kept: KeptBookings, after: string): Promise<MissedPage | Refusal>;
};

type Live = { readonly live: string; readonly creator: string };
type Dependencies = { readonly reader: Pick<Reader, 'liveFeed'>; readonly metrics: GatewayMetrics };

/** Pages are cut from the bookings kept, and only where those do not go back far enough read from Redis. */
export const openMissed = ({ reader, metrics }: Dependencies): Missed => {
  /** Pages being read, by live and place: who asks for the same gets the same. */
  const reads = new Map<string, Promise<MissedPage | Refusal>>();

  const readPage = async ({ live, creator }: Live, after: string): Promise<MissedPage | Refusal> => {
    const limit = limits.maxBookingsPerPart;
    const feed = await reader.liveFeed({ live, creator }, { after, limit });
    if (feed === undefined) return overloaded();
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
    async page(live, kept, after) {
      const number = kept.numberAfter(after);
      if (number !== undefined) {
        metrics.missedPages.inc({ from: 'memory' });
        const part = kept.part(number);
        if (part === undefined) return pageOf(live.live, [], { next: after, gap: false, more: false });
        return pageOf(live.live, part.bookings, { next: part.upTo, gap: false, more: part.next < kept.next });
      }
      const key = `${live.live} ${after}`;
      const running = reads.get(key);
      if (running) return running;
      if (reads.size >= limits.maxMissedReads) return overloaded();
      metrics.missedPages.inc({ from: 'redis' });
      const read = readPage(live, after).finally(() => reads.delete(key));
      reads.set(key, read);
      return read;
    },
  };
};

const overloaded = (): Refusal => refuse('overloaded', { retryAfterMs: limits.missedAgainAfterMs });

const pageOf = (
  live: string,
  bookings: readonly string[],
  { next, gap, more }: Pick<MissedPage, 'next' | 'gap' | 'more'>,
): MissedPage => {
  const rest = JSON.stringify({ next, gap, more }).slice(1);
  return encoded(`{"live":${JSON.stringify(live)},"bookings":[${bookings.join(',')}],${rest}`);
};
