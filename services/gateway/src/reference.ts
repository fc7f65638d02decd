import {
  type Catalogue,
  type CatalogueEvent,
  catalogueEventTypes,
  evolveCatalogue,
  evolveRates,
  findGiftRestriction,
  foldLive,
  type Gift,
  initialCatalogue,
  initialLive,
  initialRates,
  type Live,
  type LiveEvent,
  liveEventTypes,
  prefixes,
  type Rates,
  rateAt,
  rateEventTypes,
  readEventOf,
  type Standing,
  streams,
} from '@carat/domain';
import { type EventStore, type Position, readWholeStream, type StoredEvent } from '@carat/event-store';
import type { Logger } from '@carat/service-kit';
import { limits } from './limits.ts';
import { readRestrictingStanding } from './restrictions.ts';

/** What every decision looks up, as it stands in the log: the catalogue, the rates, and the lives in use. */
export type Reference = {
  gift(id: string): Gift | undefined;
  /** Thousandths of a diamond per coin at an instant. */
  rateAt(at: number): number;
  /** The live as last read; undefined while it was never read. */
  live(id: string): Live | undefined;
  /** Whether the creator of a live that is known can't receive gifts at an instant. */
  takesNoGifts(live: string, at: number): boolean;
  /** Reads the live where it is not known, or not known to exist. @throws EventStoreError */
  findLive(id: string): Promise<Live>;
  /** Reads the log to its end; resolves after a read that began after the call. @throws EventStoreError */
  catchUp(): Promise<void>;
  /** How long ago the log was last heard of, in ms. */
  silenceMs(): number;
  /** Called with each live of which the log has told something new: its goal, its end, … */
  onLiveChanged(listener: (live: string) => void): void;
  /** Called when the log is no longer the one it was: drop what was cached. */
  onSwapped(listener: () => void): void;
  close(): void;
};

export type ReferenceDependencies = {
  readonly store: EventStore;
  readonly log: Logger;
};
type KnownLive = {
  readonly live: Live;
  readonly next: number;
  readonly readAt: number;
  /** Of the live's creator, where it may restrict gifts; undefined where nothing that is said of it does. */
  readonly standing: Standing | undefined;
};
type Known<T> = { readonly value: T; readonly next: number };

const readLiveEvent = (stored: StoredEvent): LiveEvent => readEventOf(liveEventTypes, stored);

const blockedIn = (live: Live | undefined): number =>
  live === undefined || live.status === 'unknown' ? 0 : live.blocked.size;

const creatorOf = (live: Live): string | undefined => (live.status === 'unknown' ? undefined : live.creator);

const followed = [prefixes.catalogue, prefixes.rates, prefixes.lives, prefixes.standing];

/** Reads catalogue and rates, then follows the log. @throws EventStoreError */
export const openReference = async ({ store, log }: ReferenceDependencies): Promise<Reference> => {
  let catalogue: Known<Catalogue> = { value: initialCatalogue, next: 0 };
  let rates: Known<Rates> = { value: initialRates, next: 0 };
  const lives = new Map<string, KnownLive>();
  /** Lives asked for that do not exist: apart, so that asking for many drives out no other. */
  const unknown = new Map<string, KnownLive>();
  /** Lives being read at the moment, and whether the log told something of them meanwhile. */
  const loading = new Map<string, { live: Promise<Live>; again: boolean }>();
  const onLiveChanged = new Set<(live: string) => void>();
  /** Blocked viewers of all lives known. */
  let blocked = 0;
  const onSwapped = new Set<() => void>();
  let end: { position: Position; id: string } | undefined;
  let after: Position | undefined;
  let heardAt = 0;

  const readCatalogue = (events: readonly StoredEvent[]): void => {
    const fresh = events.filter((event) => event.revision >= catalogue.next);
    const read: CatalogueEvent[] = fresh.map((event) => readEventOf(catalogueEventTypes, event));
    if (read.length === 0) return;
    catalogue = { value: evolveCatalogue(catalogue.value, read), next: fresh.at(-1)!.revision + 1 };
  };

  const readRates = (events: readonly StoredEvent[]): void => {
    for (const event of events) {
      if (event.revision < rates.next) continue;
      rates = {
        value: evolveRates(rates.value, readEventOf(rateEventTypes, event)),
        next: event.revision + 1,
      };
    }
  };

  const keepLive = (id: string, { live, next, standing }: Omit<KnownLive, 'readAt'>): void => {
    const [kept, most] =
      live.status === 'unknown' ? [unknown, limits.maxUnknownLives] : [lives, limits.maxLives];
    forgetLive(id);
    kept.set(id, { live, next, standing, readAt: performance.now() });
    blocked += blockedIn(live);
    if (kept.size > most) forgetLive(kept.keys().next().value!);
    while (blocked > limits.maxBlockedKept && lives.size > 1) forgetLive(lives.keys().next().value!);
  };

  const forgetLive = (id: string): void => {
    blocked -= blockedIn(lives.get(id)?.live);
    lives.delete(id);
    unknown.delete(id);
  };

  /** A page's events of the lives that are known; who asks for another reads its stream. */
  const readLives = (events: readonly StoredEvent[]): void => {
    for (const [id, ofLive] of Map.groupBy(events, (event) => event.stream.slice(prefixes.lives.length))) {
      const load = loading.get(id);
      if (load) load.again = true;
      // One that did not exist may have a creator now, of whom nothing was read yet.
      unknown.delete(id);
      const known = lives.get(id);
      const fresh = known ? ofLive.filter((event) => event.revision >= known.next) : [];
      if (known && fresh.length > 0) {
        const live = foldLive(known.live, fresh.map(readLiveEvent));
        keepLive(id, { live, next: fresh.at(-1)!.revision + 1, standing: known.standing });
      }
      for (const listener of onLiveChanged) listener(id);
    }
  };

  /**
   * Reads anew what is said of creators of whom a page told something. It is little and seldom said; a live
   * that is being read meanwhile is read again.
   */
  const readStandings = async (events: readonly StoredEvent[]): Promise<void> => {
    if (events.length === 0) return;
    for (const load of loading.values()) load.again = true;
    const creators = new Set(events.map((event) => event.stream.slice(prefixes.standing.length)));
    const concerned = [...lives].filter(([, { live }]) => creators.has(creatorOf(live) ?? ''));
    const read = new Map<string, Standing | undefined>();
    for (const creator of new Set(concerned.map(([, { live }]) => creatorOf(live)!))) {
      read.set(creator, await readRestrictingStanding(store, creator));
    }
    for (const [id] of concerned) {
      const known = lives.get(id);
      if (known) lives.set(id, { ...known, standing: read.get(creatorOf(known.live)!) });
    }
  };

  const readWhole = (stream: string): Promise<StoredEvent[]> =>
    readWholeStream(store, stream, limits.pageEvents);

  /** Everything known is dropped where the last event known is not in the log: it is another log now. */
  const noticeSwap = async (): Promise<void> => {
    if (end === undefined || (await store.eventAt(end.position)) === end.id) return;
    log.warn('the log is not the one it was: everything cached is read again');
    await begin();
    for (const listener of onSwapped) listener();
  };

  /** Reads all anew; nothing known is given up before everything was read. */
  const begin = async (): Promise<void> => {
    const startedAt = performance.now();
    const head = await store.head();
    const ofCatalogue = await readWhole(streams.catalogue);
    const ofRates = await readWhole(streams.rates);
    catalogue = { value: initialCatalogue, next: 0 };
    rates = { value: initialRates, next: 0 };
    readCatalogue(ofCatalogue);
    readRates(ofRates);
    lives.clear();
    unknown.clear();
    for (const load of loading.values()) load.again = true;
    blocked = 0;
    end = head;
    after = head?.position;
    heardAt = startedAt;
  };

  const readOn = async (): Promise<void> => {
    const startedAt = performance.now();
    await noticeSwap();
    for (;;) {
      const page = await store.readAll({ after, prefixes: followed, limit: limits.pageEvents });
      readCatalogue(page.events.filter((event) => event.stream === streams.catalogue));
      readRates(page.events.filter((event) => event.stream === streams.rates));
      readLives(page.events.filter((event) => event.stream.startsWith(prefixes.lives)));
      await readStandings(page.events.filter((event) => event.stream.startsWith(prefixes.standing)));
      after = page.upTo ?? after;
      if (page.atHead) break;
    }
    if (after !== undefined && after !== end?.position) {
      const id = await store.eventAt(after);
      if (id !== undefined) end = { position: after, id };
    }
    heardAt = startedAt;
  };

  // One read at a time; who asks while one runs gets the next, which begins after the call.
  let running: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  const catchUp = (): Promise<void> => {
    if (running === undefined) {
      running = readOn().finally(() => {
        running = undefined;
      });
      return running;
    }
    queued ??= running
      .catch(() => undefined)
      .then(() => {
        queued = undefined;
        return catchUp();
      });
    return queued;
  };

  const loadLive = async (id: string): Promise<Live> => {
    for (;;) {
      loading.get(id)!.again = false;
      const events = await readWhole(streams.live(id));
      const live = foldLive(initialLive, events.map(readLiveEvent));
      const creator = creatorOf(live);
      const standing = creator === undefined ? undefined : await readRestrictingStanding(store, creator);
      if (loading.get(id)!.again) continue;
      keepLive(id, { live, next: events.length, standing });
      return live;
    }
  };

  const findLive = async (id: string): Promise<Live> => {
    const known = lives.get(id) ?? unknown.get(id);
    if (
      known &&
      (known.live.status !== 'unknown' || performance.now() - known.readAt < limits.unknownLiveMs)
    ) {
      return known.live;
    }
    const running = loading.get(id)?.live;
    if (running) return running;
    const load = { live: Promise.resolve(initialLive as Live), again: false };
    loading.set(id, load);
    load.live = loadLive(id).finally(() => loading.delete(id));
    return load.live;
  };

  await begin();

  const follow = (): void =>
    void catchUp().catch((error: unknown) => log.warn({ err: error }, 'cannot read the log'));
  let soon: NodeJS.Timeout | undefined;
  const stopListening = store.onMore(() => {
    soon ??= setTimeout(() => {
      soon = undefined;
      follow();
    }, limits.followEveryMs);
  });
  const regularly = setInterval(follow, limits.followAtLeastEveryMs);

  return {
    gift: (id) => catalogue.value.get(id),
    rateAt: (at) => rateAt(rates.value, at),
    live: (id) => (lives.get(id) ?? unknown.get(id))?.live,
    takesNoGifts: (id, at) => {
      const standing = lives.get(id)?.standing;
      return standing !== undefined && findGiftRestriction(standing, at) !== undefined;
    },
    findLive,
    catchUp,
    silenceMs: () => performance.now() - heardAt,
    onLiveChanged: (listener) => void onLiveChanged.add(listener),
    onSwapped: (listener) => void onSwapped.add(listener),
    close: () => {
      stopListening();
      clearTimeout(soon);
      clearInterval(regularly);
    },
  };
};
