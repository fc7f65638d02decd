import type { LiveFeed, MissedPage, ShownBooking } from '@carat/protocol';

export const booking = (position: string, more: Partial<ShownBooking> = {}): ShownBooking => ({
  position,
  combo: 'x',
  viewer: 'v',
  gift: 'rose',
  booked: 1,
  count: 1,
  coins: 1,
  at: 1,
  ...more,
});

/**
 * The bookings of one live as gateways have them: parts to be sent, and pages of what was missed, of which
 * only the newest may be kept.
 */
export const createLog = (begin = 10) => {
  const all: ShownBooking[] = [];
  let kept: ShownBooking[] = [];
  let sent: string | null = String(begin);
  let head = begin;
  /** The last booking that is no longer kept. */
  let forgotten = 0;
  const log = {
    all,
    pageSize: 1_000,
    /** Where the numbers stand. */
    get position() {
      return String(head);
    },
    /** Books so many, with other events of the log in between. */
    book(count: number, step = 1): void {
      for (let n = 0; n < count; n++) {
        head += step;
        all.push(booking(String(head)));
        kept.push(booking(String(head)));
      }
    },
    /** What was booked since the last part, as a part. */
    part(generation = 'g1'): LiveFeed {
      const bookings = all.filter(({ position }) => Number(position) > Number(sent));
      const part = { live: 'l', asOf: { generation, position: log.position }, after: sent, bookings };
      sent = bookings.at(-1)?.position ?? sent;
      return part;
    },
    keepOnly(newest: number): void {
      const gone = kept.slice(0, Math.max(0, kept.length - newest));
      kept = kept.slice(gone.length);
      forgotten = Number(gone.at(-1)?.position ?? forgotten);
    },
    page(after: string): MissedPage {
      const missed = kept.filter(({ position }) => Number(position) > Number(after));
      const bookings = missed.slice(0, log.pageSize);
      return {
        live: 'l',
        bookings,
        next: bookings.at(-1)?.position ?? after,
        gap: forgotten > Number(after),
        more: missed.length > bookings.length,
      };
    },
  };
  return log;
};
