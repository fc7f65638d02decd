import {
  type Decision,
  type Event,
  endLive,
  evolveLive,
  evolveWallet,
  type Gift,
  type Goal,
  grantCoins,
  initialLive,
  initialWallet,
  type Live,
  listGift,
  logCreated,
  sendGift,
  setGoal,
  startLive,
  streams,
  type Wallet,
} from '@carat/domain';
import { type EventStore, openEventStore, type StreamWrite } from '@carat/event-store';
import { defaultCatalogue, simulateLive } from '@carat/simulator';
import { v7 } from 'uuid';

const by = 'platform';
const rate = 1_000;
const coinsPerViewer = 2_000_000;
const viewersInRoom = 400;
const writesAtOnce = 500;
const names = ['mira', 'jonas', 'noor', 'oluwaseun', 'tea.and.rain', 'kite-flyer', 'lucia', 'ben'];

export type PastLive = {
  /** Of the simulation: what is given, and when. */
  readonly seed: number;
  readonly live: string;
  readonly title: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly sendsPerMinute: number;
  /** Of one that runs still; the others are over. */
  readonly goal?: Goal;
};

/** Writes a log of a creator's lives, its events of the times at which they would have been decided. */
export const writePast = async (url: string, creator: string, lives: readonly PastLive[]): Promise<void> => {
  const store = await openEventStore(url);
  const writer = createWriter(store);
  const begins = Math.min(...lives.map(({ startedAt }) => startedAt)) - 60_000;
  const catalogue = new Map<string, Gift>();
  for (const { id, ...told } of defaultCatalogue) {
    const listed = eventsOf(listGift({ gift: id, ...told, by, now: begins }, undefined));
    for (const event of listed) await writer.write([[streams.catalogue, event]]);
    catalogue.set(id, { gift: id, ...told, retired: false });
  }
  const wallets = new Map<string, Wallet>();
  for (let n = 0; n < viewersInRoom * 2; n++) {
    const command = { grant: v7(), viewer: nameOf(n), coins: coinsPerViewer, by, now: begins };
    for (const { made, granted } of eventsOf(grantCoins(command, initialWallet, undefined))) {
      const { grant, viewer } = command;
      await writer.write([
        [streams.grant(grant), made],
        [streams.wallet(viewer), granted],
      ]);
      wallets.set(viewer, evolveWallet(initialWallet, granted));
    }
  }
  for (const past of lives) await writeLive(writer, creator, past, catalogue, wallets);
  await writer.written();
  await store.close();
};

const nameOf = (n: number): string => `${names[n % names.length]}-${n}`;

const writeLive = async (
  writer: Writer,
  creator: string,
  { seed, live, title, startedAt, durationMs, sendsPerMinute, goal }: PastLive,
  catalogue: ReadonlyMap<string, Gift>,
  wallets: Map<string, Wallet>,
): Promise<void> => {
  let state: Live = initialLive;
  const change = async (decision: Decision<Event<'LiveStarted' | 'LiveEnded' | 'LiveGoalSet'>>) => {
    for (const event of eventsOf(decision)) {
      await writer.write([[streams.live(live), event]]);
      state = evolveLive(state, event);
    }
  };
  await change(startLive({ live, creator, title, by, now: startedAt }, state));
  if (goal) await change(setGoal({ goal, by: creator, now: startedAt }, state));
  const pace = { durationMs, sendsPerMinute, viewers: viewersInRoom, preset: 'clean' } as const;
  const { frames } = simulateLive({ seed, live, ...pace });
  const combos = new Map<string, string>();
  for (const { t, viewer: inRoom, gift: giftId, combo, count } of frames) {
    const now = startedAt + Math.min(Math.max(0, t), durationMs);
    const viewer = nameOf(Number(inRoom.replace(/\D/g, '')) % wallets.size);
    const key = `${inRoom} ${giftId} ${combo}`;
    const id = combos.get(key) ?? v7({ msecs: now });
    combos.set(key, id);
    const wallet = wallets.get(viewer)!;
    const claim = {
      viewer,
      combo: id,
      count,
      liveId: live,
      giftId,
      live: state,
      gift: catalogue.get(giftId),
    };
    for (const event of eventsOf(sendGift({ ...claim, rate, now }, wallet))) {
      await writer.write([[streams.wallet(viewer), event]]);
      wallets.set(viewer, evolveWallet(wallet, event));
    }
  }
  if (!goal) await change(endLive({ by, now: startedAt + durationMs }, state));
};

const eventsOf = <E>(decision: Decision<E>): readonly E[] => {
  if (decision.refused) throw new Error(`The past cannot have been so: ${decision.refusal.message}`);
  return decision.events;
};

/** Writes events in order, many on their way at once. */
type Writer = {
  write(all: readonly (readonly [stream: string, event: Event])[]): Promise<void>;
  written(): Promise<void>;
};

const createWriter = (store: EventStore): Writer => {
  const revisions = new Map<string, number>();
  let underWay: Promise<unknown>[] = [store.append([logCreated(v7(), v7())])];
  const written = async (): Promise<void> => {
    await Promise.all(underWay);
    underWay = [];
  };
  return {
    write: async (all) => {
      const writes = all.map(([stream, { type, data }]): StreamWrite => {
        const last = revisions.get(stream);
        revisions.set(stream, (last ?? -1) + 1);
        return { stream, expected: last ?? 'no_stream', events: [{ id: v7(), type, data: { ...data } }] };
      });
      underWay.push(store.append(writes));
      if (underWay.length >= writesAtOnce) await written();
    },
    written,
  };
};
