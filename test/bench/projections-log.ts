import { type EventStore, openEventStore, type StreamWrite } from '@carat/event-store';
import { seededRandom } from '../faults/event-store-log.ts';
import { sealLog } from './seal-log.ts';

const viewers = 20_000;
const lives = 50;
const streamsAtOnce = 100;
const bookingsAtOnce = 10;
const begins = Date.parse('2026-11-22T12:00:00Z');
const gapMs = 5;

const idOf = (n: number): string => `018f2f6e-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export type Draw = 'with skew' | 'evenly';

/**
 * Writes a log of so many bookings by 20,000 viewers in 50 lives. Few viewers send most, as in recorded
 * lives: the share of the nth falls with its cube root; or all send alike. As those that a projector follows
 * it is sealed: what is not is proved by whoever opens it.
 */
export const writeGifts = async (url: string, gifts: number, draw: Draw): Promise<EventStore> => {
  const store = await openEventStore(url);
  const power = draw === 'evenly' ? 1 : 3;
  const random = seededRandom(7);
  const revisions = new Int32Array(viewers).fill(-1);
  let appends: Promise<unknown>[] = [];
  for (let n = 0; n < gifts; ) {
    const writes = new Map<number, StreamWrite & { events: object[] }>();
    for (
      let k = 0;
      k < streamsAtOnce * bookingsAtOnce && n < gifts && writes.size < streamsAtOnce;
      k++, n++
    ) {
      const viewer = Math.floor(viewers * random() ** power);
      const live = viewer % lives;
      const coins = 1 + Math.floor(99 * random() ** 4);
      const expected = revisions[viewer]! < 0 ? ('no_stream' as const) : revisions[viewer]!;
      const write = writes.get(viewer) ?? { stream: `wallet-viewer-${viewer}`, expected, events: [] };
      writes.set(viewer, write);
      write.events.push({
        id: idOf(n + 1),
        type: 'GiftSent',
        data: {
          combo: idOf(n + 1),
          viewer: `viewer-${viewer}`,
          live: `live-${live}`,
          creator: `creator-${live}`,
          gift: `gift-${n % 20}`,
          booked: 1,
          count: 1,
          coins,
          millidiamonds: coins * 1_000,
          unitCoins: coins,
          rate: 1_000,
          at: begins + n * gapMs,
          after: { balance: 1_000_000 },
        },
      });
    }
    for (const [viewer, { events }] of writes) revisions[viewer]! += events.length;
    appends.push(store.append([...writes.values()]));
    // The next of the same viewers expect what these lead to: the store keeps their order.
    if (appends.length >= 50) {
      await Promise.all(appends);
      appends = [];
    }
  }
  await Promise.all(appends);
  await sealLog(store);
  return store;
};
