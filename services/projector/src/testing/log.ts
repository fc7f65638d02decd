import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Event, streams } from '@carat/domain';
import { type EventStore, openEventStore } from '@carat/event-store';

type Gift = Event<'GiftSent'>['data'];
export type Sent = Pick<
  Gift,
  'viewer' | 'live' | 'creator' | 'gift' | 'booked' | 'coins' | 'millidiamonds' | 'at'
>;

const noon = Date.parse('2026-11-22T12:00:00Z');

/** The nth booking of a made-up log: a few lives and viewers, hours apart now and then. */
export const nthGift = (n: number): Sent => {
  const coins = 1 + (n % 5);
  return {
    viewer: `viewer-${(n * 7) % 23}`,
    live: `live-${n % 3}`,
    creator: `creator-${n % 3}`,
    gift: `gift-${n % 4}`,
    booked: 1 + (n % 2),
    coins,
    millidiamonds: coins * 1_000,
    at: noon + n * 60_000,
  };
};

/** A real store in a folder of its own, and what specs write to it. */
export const openLog = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'carat-projector-'));
  const url = `sqlite:${join(dir, 'log.db')}`;
  const stores: EventStore[] = [];
  const open = async (): Promise<EventStore> => {
    const store = await openEventStore(url);
    stores.push(store);
    return store;
  };
  const store = await open();
  const revisions = new Map<string, number>();
  const sent: Sent[] = [];

  /** @returns the event's id */
  const append = async (stream: string, type: string, data: object): Promise<string> => {
    const id = randomUUID();
    const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
    const known = revisions.get(stream) ?? (page.exists ? page.last : undefined);
    const write = {
      stream,
      expected: known ?? ('no_stream' as const),
      events: [{ id, type, data: { ...data } }],
    };
    const result = await store.append([write]);
    if (!result.appended) throw new Error(`${stream} is not where it was expected`);
    revisions.set(stream, result.revisions[0]!);
    return id;
  };

  return {
    url,
    open,
    append,
    /** All bookings that projections can take, in log order. */
    sent,
    async sendGift(gift: Sent, more: object = {}): Promise<string> {
      const data: Gift = {
        ...gift,
        combo: randomUUID(),
        count: gift.booked,
        unitCoins: 1,
        rate: 1_000,
        after: { balance: 0 },
      };
      const id = await append(streams.wallet(gift.viewer), 'GiftSent', { ...data, ...more });
      if (Object.keys(more).length === 0) sent.push(gift);
      return id;
    },
    async sendGifts(count: number): Promise<void> {
      for (let i = 0; i < count; i++) await this.sendGift(nthGift(sent.length));
    },
    async close(): Promise<void> {
      for (const opened of stores) await opened.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

export type Log = Awaited<ReturnType<typeof openLog>>;
