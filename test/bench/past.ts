import {
  type Event,
  evolveLive,
  evolveWallet,
  type Gift,
  initialLive,
  initialWallet,
  type Live,
  sendGift,
  startLive,
  streams,
  type Wallet,
} from '@carat/domain';
import { type EventStore, openEventStore, type StreamWrite } from '@carat/event-store';
import { defaultCatalogue, type Frame, runLive } from '@carat/simulator';
import { v7 } from 'uuid';
import { coinsPerViewer, seedLog } from './crowd.ts';

/** A log as a day of real lives leaves it behind: who sends how often, and what, is the simulator's. */
export type Past = {
  readonly lives: readonly string[];
  /** Named `viewer-1`, `viewer-2` … */
  readonly viewers: number;
  readonly gifts: number;
  /** When the last gift was sent; the others were sent before, at an even pace. */
  readonly ends: number;
};

const writesAtOnce = 100;
const eventsAtOnce = 300;
/** Appends that are under way before they are waited for. */
const appendsAtOnce = 50;
/** Ten million gifts a day. */
const gapMs = 8.64;
/** A combo of the simulator's is over after so long; a later frame of it begins another. */
const maxComboMs = 600_000;
const rate = 1_000;
/** How fast the simulated lives go by themselves: slow, so that the frames of a combo lie close together. */
const sendsPerMinute = 600;

const beginOf = ({ ends, gifts }: Past): number => Math.floor(ends - gifts * gapMs);

/** Ids for the combos of the simulator, which are forgotten when they are over. */
const nameCombos = () => {
  const known = new Map<string, { readonly id: string; readonly began: number }>();
  return (key: string, now: number): string => {
    for (const [oldest, { began }] of known) {
      if (now - began <= maxComboMs) break;
      known.delete(oldest);
    }
    const combo = known.get(key) ?? { id: v7({ msecs: now }), began: now };
    known.set(key, combo);
    return combo.id;
  };
};

type Room = { readonly live: Live; readonly frames: Generator<Frame, void, void> };

const openRoom = (live: string, seed: number, viewers: number, now: number): Room => {
  const begin = startLive(
    { live, creator: `creator-of-${live}`, title: null, by: 'bench', now },
    initialLive,
  );
  const pace = { preset: 'clean', sendsPerMinute, durationMs: Number.POSITIVE_INFINITY } as const;
  return {
    live: begin.refused ? initialLive : begin.events.reduce(evolveLive, initialLive as Live),
    frames: runLive({ seed, live, viewers, ...pace }).frames,
  };
};

/** What a gateway would have booked of what simulated viewers send, one gift after the other. */
export function* decideGifts(past: Past): Generator<Event<'GiftSent'>, void, void> {
  const catalogue = new Map<string, Gift>(
    defaultCatalogue.map(({ id, ...gift }) => [id, { ...gift, gift: id, retired: false }]),
  );
  const began = beginOf(past);
  const rooms = past.lives.map((live, seed) => openRoom(live, seed, past.viewers, began));
  const wallets = new Map<string, Wallet>();
  const nameCombo = nameCombos();
  for (let booked = 0, n = 0; booked < past.gifts; n++) {
    const { live, frames } = rooms[n % rooms.length]!;
    const { viewer, gift, combo, count } = frames.next().value!;
    const now = Math.floor(began + booked * gapMs);
    const liveId = past.lives[n % rooms.length]!;
    const id = nameCombo(`${liveId}/${viewer}/${gift}/${combo}`, now);
    const wallet = wallets.get(viewer) ?? { ...initialWallet, balance: coinsPerViewer };
    const what = { viewer, combo: id, count, liveId, giftId: gift };
    const decision = sendGift({ ...what, live, gift: catalogue.get(gift), rate, now }, wallet);
    if (decision.refused) continue;
    for (const event of decision.events) {
      wallets.set(viewer, evolveWallet(wallet, event));
      booked++;
      yield event;
    }
  }
}

const appendSurely = async (store: EventStore, writes: readonly StreamWrite[]): Promise<void> => {
  const { appended } = await store.append(writes);
  if (!appended) throw new Error('The log is not the one that was begun.');
};

/** Gifts as few appends of many wallets, each at its exact revision. */
function* gatherWrites(gifts: Iterable<Event<'GiftSent'>>): Generator<StreamWrite[], void, void> {
  const revisions = new Map<string, number>();
  let writes = new Map<string, StreamWrite & { events: object[] }>();
  let events = 0;
  for (const { type, data } of gifts) {
    // Each wallet begins with what it was granted.
    const expected = revisions.get(data.viewer) ?? 0;
    const known = writes.get(data.viewer);
    const write = known ?? { stream: streams.wallet(data.viewer), expected, events: [] };
    writes.set(data.viewer, write);
    write.events.push({ id: v7(), type, data });
    revisions.set(data.viewer, expected + 1);
    if (++events < eventsAtOnce && writes.size < writesAtOnce) continue;
    yield [...writes.values()];
    [writes, events] = [new Map(), 0];
  }
  if (writes.size > 0) yield [...writes.values()];
}

/**
 * Writes a log with such a past through the port, from its catalogue on.
 * @param onWritten is told now and then how many gifts are written
 */
export const writePast = async (
  url: string,
  past: Past,
  onWritten: (gifts: number) => void,
): Promise<void> => {
  const viewers = Array.from({ length: past.viewers }, (_, n) => `viewer-${n + 1}`);
  await seedLog(url, past.lives, viewers, beginOf(past));
  const store = await openEventStore(url);
  let appends: Promise<void>[] = [];
  let gifts = 0;
  for (const writes of gatherWrites(decideGifts(past))) {
    // The next of the same wallets expect what these lead to: the store keeps their order.
    appends.push(appendSurely(store, writes));
    gifts += writes.reduce((sum, { events }) => sum + events.length, 0);
    if (appends.length < appendsAtOnce) continue;
    await Promise.all(appends);
    appends = [];
    onWritten(gifts);
  }
  await Promise.all(appends);
  await store.close();
};
