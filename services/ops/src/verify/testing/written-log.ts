import type { JsonObject, Position, StoredEvent } from '@carat/event-store';

/** 2026-06-10, a Wednesday, 12:00 UTC. */
export const noon = Date.UTC(2026, 5, 10, 12);

/** A UUIDv7 of an instant; `n` tells those of the same instant apart. */
export const comboId = (at: number, n = 0): string => {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
};

/**
 * A log written by hand for specs: streams, revisions and positions come by themselves.
 * @param ids of events, where a store is to take them as they are
 */
export const writeLog = ({ ids }: { readonly ids?: () => string } = {}) => {
  const events: StoredEvent[] = [];
  const revisions = new Map<string, number>();
  const balances = new Map<string, number>();
  const counts = new Map<string, number>();

  const write = (stream: string, type: string, data: JsonObject): StoredEvent => {
    const revision = revisions.get(stream) ?? 0;
    revisions.set(stream, revision + 1);
    const position = String(events.length + 1) as Position;
    const id = ids?.() ?? `event-${position}`;
    const event = { id, type, data, stream, revision, position, created: noon };
    events.push(event);
    return event;
  };

  return {
    events,
    write,
    list: (gift: string, coins: number) => write('catalogue', 'GiftListed', { gift, coins, at: noon }),
    rate: (millidiamondsPerCoin: number) =>
      write('rates', 'DiamondRateSet', { millidiamondsPerCoin, from: noon, at: noon }),
    start: (live: string, creator: string, title: string | null = null) =>
      write(`live-${live}`, 'LiveStarted', { live, creator, title, at: noon }),
    grant: (viewer: string, coins: number, grant = `grant-${events.length}`): void => {
      const balance = (balances.get(viewer) ?? 0) + coins;
      balances.set(viewer, balance);
      write(`grant-${grant}`, 'GrantMade', { grant, viewer, coins, at: noon });
      write(`wallet-${viewer}`, 'CoinsGranted', { grant, viewer, coins, at: noon, after: { balance } });
    },
    /** `booked` more of a combo; everything that follows from it is filled in. */
    send: (sent: {
      viewer: string;
      live?: string;
      creator?: string;
      gift?: string;
      combo?: string;
      booked?: number;
      unitCoins?: number;
      rate?: number;
      at?: number;
    }) => {
      const { viewer, live = 'live', creator = 'creator', gift = 'rose' } = sent;
      const { booked = 1, unitCoins = 5, rate = 1_000, at = noon } = sent;
      const { combo = comboId(at, events.length) } = sent;
      const count = (counts.get(`${viewer} ${combo}`) ?? 0) + booked;
      counts.set(`${viewer} ${combo}`, count);
      const coins = booked * unitCoins;
      const balance = (balances.get(viewer) ?? 0) - coins;
      balances.set(viewer, balance);
      const terms = { combo, viewer, live, creator, gift, booked, count, coins };
      const rest = { millidiamonds: coins * rate, unitCoins, rate, at, after: { balance } };
      return write(`wallet-${viewer}`, 'GiftSent', { ...terms, ...rest });
    },
  };
};

export type WrittenLog = ReturnType<typeof writeLog>;
