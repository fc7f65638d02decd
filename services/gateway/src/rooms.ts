import { comparePositions, parsePosition } from '@carat/event-store';
import type { AsOf, LiveSnapshot, LiveTotals, ShownBoard, ShownBooking } from '@carat/protocol';
import type { Reader, UnitMessage } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { GatewayServer } from './server.ts';

/** What watchers of a live see: its numbers on a tick, its bookings in the order of the log. */
export type Rooms = {
  /** Counts a watcher of a live. */
  join(live: string, creator: string, ended: boolean): void;
  /**
   * All a watcher begins with; the room's ticks go on from there. Undefined where nobody watches the live.
   */
  snapshot(live: string): Promise<LiveSnapshot | undefined>;
  leave(live: string): void;
  end(live: string): void;
  take(message: UnitMessage): void;
  /** Whether anybody watches anything. */
  watched(): boolean;
  /** The log is another one: places known so far mean nothing in it. */
  reset(): void;
  close(): void;
};

export const roomName = (live: string, side: 'creator' | 'viewers'): string => `${side}:${live}`;

/** For a viewer's eyes: what the creator earns is not among it. */
export const forViewers = ({ coins, gifts, senders }: LiveTotals): LiveTotals => ({ coins, gifts, senders });

type Side = {
  bookings: ShownBooking[];
  /** Where the feed that was sent last ended. */
  after: string | null;
  dirty: boolean;
  changedAt: number;
  emittedAt: number;
};

type Room = {
  readonly live: string;
  readonly creator: string;
  watchers: number;
  ended: boolean;
  asOf: AsOf | undefined;
  totals: LiveTotals | undefined;
  board: ShownBoard | undefined;
  boardDirty: boolean;
  /** The last booking that was taken up. */
  fedUpTo: string | null;
  readonly sides: { readonly creator: Side; readonly viewers: Side };
};

const emptySide = (): Side => ({ bookings: [], after: null, dirty: false, changedAt: 0, emittedAt: 0 });
const sideNames = ['creator', 'viewers'] as const;
const tickMs = { creator: limits.creatorTickMs, viewers: limits.viewerTickMs } as const;

/** Orders places as the log does; "nowhere yet" comes first. */
const isBefore = (a: string | null, b: string | null): boolean =>
  b !== null && (a === null || comparePositions(parsePosition(a), parsePosition(b)) < 0);

type Dependencies = {
  readonly io: GatewayServer;
  readonly reader: Reader;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
};

export const openRooms = ({ io, reader, log, metrics }: Dependencies): Rooms => {
  const rooms = new Map<string, Room>();
  let last: { generation: string; position: string | null } | undefined;
  let heardAt = Date.now();
  /** Messages were missed, and what they said has not been read yet. */
  let missed = false;
  /** Messages that came while that is being read. */
  let held: UnitMessage[] | undefined;

  const show = (room: Room, asOf: AsOf, totals: LiveTotals): void => {
    if (room.asOf?.generation === asOf.generation && isBefore(asOf.position, room.asOf.position)) return;
    room.asOf = asOf;
    room.totals = totals;
    for (const side of sideNames) room.sides[side].dirty = true;
    room.boardDirty = true;
  };

  const addBookings = (room: Room, bookings: readonly ShownBooking[]): void => {
    const fresh = bookings.filter(({ position }) => isBefore(room.fedUpTo, position));
    if (fresh.length === 0) return;
    room.fedUpTo = fresh.at(-1)!.position;
    for (const name of sideNames) {
      const side = room.sides[name];
      const all = [...side.bookings, ...fresh];
      const cut = all.length - limits.maxBookingsPerTick;
      side.bookings = cut > 0 ? all.slice(cut) : all;
      // What is cut shows as a gap: the next part then does not go on where the last one ended.
      if (cut > 0) side.after = all[cut - 1]!.position;
    }
  };

  const readNumbers = async (room: Room): Promise<void> => {
    const read = await reader.liveNumbers(room.live, limits.boardEntries);
    if (read === undefined) return;
    show(room, read.asOf, read.totals);
    room.board = { asOf: read.asOf, entries: read.board };
    if (room.fedUpTo !== null) return;
    room.fedUpTo = read.asOf.position;
    for (const name of sideNames) room.sides[name].after = read.asOf.position;
  };

  /**
   * Bookings that messages should have brought are read from the feed. What it no longer holds, or is too
   * much, shows as a gap: the next part then says nowhere to go on from.
   */
  const readMissed = async (room: Room): Promise<void> => {
    const limit = limits.maxBookingsPerTick;
    for (let page = 0; room.fedUpTo !== null; page++) {
      const feed = await reader.liveFeed(room.live, { after: room.fedUpTo, limit });
      if (feed === undefined) return;
      addBookings(room, feed.bookings);
      const isWhole = feed.bookings.length < limit;
      if (feed.gap || (!isWhole && page >= limits.maxMissedPages)) {
        for (const name of sideNames) room.sides[name].after = null;
      }
      if (isWhole || page >= limits.maxMissedPages) return;
    }
  };

  const heal = async (): Promise<void> => {
    if (held || rooms.size === 0) return;
    held = [];
    missed = false;
    metrics.unitGaps.inc();
    try {
      for (const room of rooms.values()) {
        await readNumbers(room);
        await readMissed(room);
      }
    } catch (error) {
      missed = true;
      log.debug({ err: error }, 'the read models cannot be read');
    }
    const messages = held;
    held = undefined;
    if (!missed) messages.forEach(apply);
  };

  const apply = ({ generation, position, lives }: UnitMessage): void => {
    for (const [live, { totals, bookings }] of Object.entries(lives)) {
      const room = rooms.get(live);
      if (room === undefined) continue;
      show(room, { generation, position }, totals);
      addBookings(room, bookings);
    }
  };

  const take = (message: UnitMessage): void => {
    const { generation, previous, position } = message;
    heardAt = Date.now();
    const same = last?.generation === generation ? last : undefined;
    const repeated = same?.position === position;
    const follows = same?.position === previous;
    last = { generation, position };
    if (!repeated && !follows) missed = true;
    if (held && held.length < limits.maxHeldMessages) held.push(message);
    else if (held || missed) {
      missed = true;
      void heal();
    } else if (!repeated) apply(message);
  };

  /**
   * Values may be lost on the way to a client that is busy reading: the last ones are said again for a while.
   */
  const isDue = (side: Side, now: number): boolean => {
    if (side.dirty) {
      side.dirty = false;
      side.changedAt = now;
      return true;
    }
    const repeating = now - side.changedAt < limits.repeatValuesForMs;
    return repeating && now - side.emittedAt >= limits.repeatValuesEveryMs;
  };

  const emit = (room: Room, name: 'creator' | 'viewers'): void => {
    const side = room.sides[name];
    const { asOf, totals, board, live, ended } = room;
    const now = Date.now();
    if (asOf === undefined || totals === undefined || board === undefined || !isDue(side, now)) return;
    side.emittedAt = now;
    const to = io.to(roomName(live, name));
    const shown = name === 'creator' ? totals : forViewers(totals);
    // Values first: right behind a feed that is being written they would be dropped.
    to.volatile.emit('live:tick', { live, asOf, totals: shown, board, ended });
    if (side.bookings.length === 0) return;
    to.emit('live:feed', { live, asOf, after: side.after, bookings: side.bookings });
    side.after = side.bookings.at(-1)!.position;
    side.bookings = [];
  };

  const readBoards = async (): Promise<void> => {
    for (const room of rooms.values()) {
      if (!room.boardDirty) continue;
      room.boardDirty = false;
      const read = await reader.liveBoard(room.live, limits.boardEntries).catch(() => undefined);
      if (read === undefined) {
        room.boardDirty = true;
        continue;
      }
      room.board = read;
      for (const side of sideNames) room.sides[side].dirty = true;
    }
  };

  const timers = [
    ...sideNames.map((side) =>
      setInterval(() => {
        for (const room of rooms.values()) emit(room, side);
      }, tickMs[side]),
    ),
    setInterval(() => void readBoards(), limits.boardEveryMs),
    setInterval(() => {
      if (missed || Date.now() - heardAt > limits.maxUnitSilenceMs) void heal();
    }, limits.maxUnitSilenceMs / 2),
  ];

  const roomOf = (live: string, creator: string, ended: boolean): Room => {
    const known = rooms.get(live);
    if (known) return known;
    const room: Room = {
      live,
      creator,
      watchers: 0,
      ended,
      asOf: undefined,
      totals: undefined,
      board: undefined,
      boardDirty: false,
      fedUpTo: null,
      sides: { creator: emptySide(), viewers: emptySide() },
    };
    rooms.set(live, room);
    metrics.watchedLives.set(rooms.size);
    return room;
  };

  return {
    join(live, creator, ended) {
      roomOf(live, creator, ended).watchers++;
    },
    async snapshot(live) {
      const room = rooms.get(live);
      if (room === undefined) return undefined;
      if (!room.asOf) {
        await readNumbers(room).catch((error: unknown) =>
          log.debug({ err: error }, 'no numbers for a watcher'),
        );
      }
      const { creator, ended, asOf, totals, board } = room;
      return { live, creator, ended, numbers: asOf && totals && board ? { asOf, totals, board } : null };
    },
    leave(live) {
      const room = rooms.get(live);
      if (room === undefined || --room.watchers > 0) return;
      rooms.delete(live);
      metrics.watchedLives.set(rooms.size);
    },
    end(live) {
      const room = rooms.get(live);
      if (room === undefined) return;
      room.ended = true;
      for (const side of sideNames) room.sides[side].dirty = true;
    },
    take,
    watched: () => rooms.size > 0,
    reset() {
      for (const room of rooms.values()) room.fedUpTo = null;
      missed = true;
    },
    close: () => timers.forEach(clearInterval),
  };
};
