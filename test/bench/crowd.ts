import { grantCoins, initialWallet, listGift, startLive, streams } from '@carat/domain';
import { type EventStore, openEventStore, type StreamWrite } from '@carat/event-store';
import { defaultCatalogue, runLive } from '@carat/simulator';
import { v7 } from 'uuid';
import type { PlannedClaim } from './load.ts';

const writesPerAppend = 100;
/** More than anybody of any bench spends, ten million gifts of one crowd among them. */
export const coinsPerViewer = 1_000_000_000_000;

const event = ({ type, data }: { type: string; data: object }) => ({ id: v7(), type, data: { ...data } });

const appendAll = async (store: EventStore, writes: readonly StreamWrite[]): Promise<void> => {
  const appends: Promise<unknown>[] = [];
  for (let n = 0; n < writes.length; n += writesPerAppend) {
    appends.push(store.append(writes.slice(n, n + writesPerAppend)));
  }
  await Promise.all(appends);
};

const by = 'bench';

const listGifts = async (store: EventStore, now: number): Promise<void> => {
  const gifts = defaultCatalogue.flatMap(({ id, name, coins, streakable }) => {
    const decision = listGift({ gift: id, name, coins, streakable, by, now }, undefined);
    return decision.refused ? [] : decision.events.map(event);
  });
  await store.append([{ stream: streams.catalogue, expected: 'no_stream', events: gifts }]);
};

/** Starts lives that the log does not know yet. */
export const startLives = async (
  store: EventStore,
  lives: readonly string[],
  now = Date.now(),
): Promise<void> => {
  const started = lives.flatMap((live): StreamWrite[] => {
    const decision = startLive(
      { live, creator: `creator-of-${live}`, title: null, by, now },
      { status: 'unknown' },
    );
    if (decision.refused) return [];
    return [{ stream: streams.live(live), expected: 'no_stream', events: decision.events.map(event) }];
  });
  await appendAll(store, started);
};

const grantAll = async (store: EventStore, viewers: readonly string[], now: number): Promise<void> => {
  const granted = viewers.flatMap((viewer): StreamWrite[] => {
    const command = { grant: v7(), viewer, coins: coinsPerViewer, by, now };
    const decision = grantCoins(command, initialWallet, undefined);
    if (decision.refused) return [];
    return decision.events.flatMap(({ made, granted }): StreamWrite[] => [
      { stream: streams.grant(command.grant), expected: 'no_stream', events: [event(made)] },
      { stream: streams.wallet(viewer), expected: 'no_stream', events: [event(granted)] },
    ]);
  });
  await appendAll(store, granted);
};

/**
 * A log with the default catalogue, running lives and viewers who can afford everything; written straight
 * away. @param now when all of it happened
 */
export const seedLog = async (
  url: string,
  lives: readonly string[],
  viewers: readonly string[],
  now = Date.now(),
): Promise<void> => {
  const store = await openEventStore(url);
  await listGifts(store, now);
  await startLives(store, lives, now);
  await grantAll(store, viewers, now);
  await store.close();
};

/**
 * What the viewers of many lives send, shaped as the simulator shapes a live, spread over sockets by viewer.
 */
export const planClaims = (
  lives: readonly string[],
  viewers: number,
  claims: number,
  sockets: number,
): PlannedClaim[][] => {
  const plans: PlannedClaim[][] = Array.from({ length: sockets }, () => []);
  const combos = new Map<string, number>();
  const pace = { preset: 'clean', sendsPerMinute: 60_000, durationMs: 3_600_000 } as const;
  const runs = lives.map((live, seed) => ({
    live,
    frames: runLive({ seed, live, viewers, ...pace }).frames,
  }));
  for (let n = 0; n < claims; n++) {
    const { live, frames } = runs[n % runs.length]!;
    const next = frames.next();
    if (next.done) break;
    const { viewer, gift, combo, count } = next.value;
    const key = `${live}/${viewer}/${gift}/${combo}`;
    const number = combos.get(key) ?? combos.size;
    combos.set(key, number);
    plans[Number(viewer.replace(/\D/g, '')) % sockets]!.push({ viewer, live, gift, combo: number, count });
  }
  return plans;
};
