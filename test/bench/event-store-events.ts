import { setTimeout as pause } from 'node:timers/promises';
import { type EventStore, limits, type NewEvent, type StreamWrite } from '@carat/event-store';

export const wallets = 20_000;
export const walletName = (n: number): string => `wallet-viewer-${n}`;

let ids = 0;

/** A UUIDv7 from the time and a counter: random ones would cost more than some of what is measured. */
export const newId = (): string => {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${(++ids).toString(16).padStart(12, '0')}`;
};

/** What gifts carry, made before the clock runs. */
const gifts = Array.from({ length: 1_000 }, (_, n) => ({
  combo: `018f2f6e-0000-7000-8000-${String(n).padStart(12, '0')}`,
  viewer: `viewer-${n}`,
  live: `live-${n % 50}`,
  creator: `creator-of-live-${n % 50}`,
  gift: 'rose',
  booked: 1,
  count: (n % 99) + 1,
  coins: 1,
  millidiamonds: 1_000,
  unitCoins: 1,
  rate: 1_000,
  at: 1_795_424_788_686 + n,
  after: { balance: 1_000_000 - n },
}));

/** An event as large as a gift. */
export const newGift = (n: number): NewEvent => ({
  id: newId(),
  type: 'GiftSent',
  data: gifts[n % gifts.length]!,
});

/** Gives every wallet its first event. */
export const fillWallets = async (store: EventStore, name: (n: number) => string): Promise<void> => {
  const writes = Array.from(
    { length: wallets },
    (_, n): StreamWrite => ({ stream: name(n), expected: 'no_stream', events: [newGift(n)] }),
  );
  const appends: Promise<unknown>[] = [];
  for (let n = 0; n < writes.length; n += limits.maxAppendStreams) {
    appends.push(store.append(writes.slice(n, n + limits.maxAppendStreams)));
  }
  await Promise.all(appends);
};

/** How many events are appended per second, in a closed loop. */
export type Loop = {
  readonly inFlight: number;
  readonly batch: number;
  readonly warmUpMs: number;
  readonly runMs: number;
};

/**
 * Keeps so many appends in flight, each of a batch of events to a wallet at its exact revision; the wallets
 * take turns, and two appends in flight never meet. What the callers would have at hand is made before.
 */
export const appendOn = async (
  store: EventStore,
  name: (n: number) => string,
  { inFlight, batch, warmUpMs, runMs }: Loop,
): Promise<number> => {
  const names = Array.from({ length: wallets }, (_, n) => name(n));
  const revisions = new Int32Array(wallets);
  let appended = 0;
  let isOver = false;
  const runLane = async (lane: number): Promise<void> => {
    for (let wallet = lane; !isOver; wallet = wallet + inFlight < wallets ? wallet + inFlight : lane) {
      const events: NewEvent[] = [];
      for (let n = 0; n < batch; n++) events.push(newGift(wallet + n));
      const [stream, expected] = [names[wallet]!, revisions[wallet]!];
      const result = await store.append([{ stream, expected, events }]);
      if (!result.appended) throw new Error(`${stream} is not at ${expected}.`);
      revisions[wallet] = result.revisions[0]!;
      appended += batch;
    }
  };
  const lanes = Promise.all(Array.from({ length: inFlight }, (_, lane) => runLane(lane)));
  const measured = async (): Promise<number> => {
    await pause(warmUpMs);
    const [before, from] = [appended, performance.now()];
    await pause(runMs);
    const perSecond = ((appended - before) * 1_000) / (performance.now() - from);
    isOver = true;
    return perSecond;
  };
  const [perSecond] = await Promise.all([measured(), lanes]);
  return perSecond;
};
