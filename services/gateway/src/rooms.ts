import type { KnownLive } from '@carat/domain';
import { type LiveSnapshot, type MissedPage, type Refusal, type Unit, unitOfCreator } from '@carat/protocol';
import type { Reader, UnitMessage } from '@carat/read-models';
import type { Logger } from '@carat/service-kit';
import { openContinuity } from './continuity.ts';
import { openHealing } from './healing.ts';
import { KeptBookings } from './kept-bookings.ts';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import { openMissed } from './missed.ts';
import type { Reference } from './reference.ts';
import {
  emptyRoom,
  feedOf,
  type Room,
  roomName,
  type SideName,
  setBack,
  showTotals,
  snapshotOf,
  takeDue,
  tickOf,
  touch,
} from './room.ts';
import { openRoomReading } from './room-reading.ts';
import { countBehind, type GatewayServer } from './server.ts';
import { keepTicking, watchLag } from './ticks.ts';

/** What watchers of a live see: its numbers on a tick, its bookings in the order of the log. */
export type Rooms = {
  /** Counts a watcher of a live. */
  join(known: KnownLive): void;
  /**
   * All a watcher begins with; the room's ticks go on from there. Undefined where nobody watches the live.
   */
  snapshot(live: string): Promise<LiveSnapshot | undefined>;
  /**
   * The bookings after a place, a page at a time; undefined where nobody watches the live. Rejects where the
   * read models cannot be read and too few are kept.
   */
  missed(live: string, after: string): Promise<MissedPage | Refusal | undefined>;
  leave(live: string): void;
  /** What is to hear the units; one that is not heard is read. */
  readonly listener: {
    onMessage(message: UnitMessage): void;
    onSilence(): void;
    /** Whether anybody watches anything. */
    isWanted(): boolean;
  };
  close(): void;
};

type Dependencies = {
  readonly io: GatewayServer;
  readonly reader: Pick<Reader, 'liveNumbers' | 'liveBoard' | 'liveFeed'>;
  readonly reference: Pick<Reference, 'findLive' | 'onLiveChanged' | 'onSwapped'>;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly lag?: ReturnType<typeof watchLag>;
};

export const openRooms = (dependencies: Dependencies): Rooms => {
  const { io, reader, reference, log, metrics, lag = watchLag() } = dependencies;
  const rooms = new Map<string, Room>();
  const keptInAll = { bytes: 0 };
  const reading = openRoomReading(reader);
  const missedPages = openMissed({ reader, metrics });

  const learn = async (room: Room): Promise<void> => {
    const known = await reference.findLive(room.known.live);
    if (known.status === 'unknown') return;
    room.known = known;
    touch(room, Date.now());
  };
  const healing = openHealing(() => rooms.values(), reading.catchUp);
  /** What the rooms of a unit, or all, have missed is read; bookings that come meanwhile are kept apart. */
  const heal = (unit?: Unit, units: readonly Unit[] = []): void => {
    if (rooms.size === 0) return;
    metrics.unitGaps.inc();
    for (const room of rooms.values()) {
      if (unit !== undefined && unitOfCreator(room.known.creator, units) !== unit) continue;
      room.late?.close();
      room.late = new KeptBookings(keptInAll);
    }
    healing.begin();
  };

  const apply = ({ generation, position, lives }: UnitMessage): void => {
    const now = Date.now();
    for (const [live, { totals, bookings }] of Object.entries(lives)) {
      const room = rooms.get(live);
      if (room === undefined) continue;
      showTotals(room, { generation, position }, totals, now);
      (room.late ?? room.kept).add(bookings, now);
    }
  };

  const continuity = openContinuity({ apply, onMissed: heal });
  const tick = (side: SideName): void => {
    for (const room of rooms.values()) emit(room, side, io, metrics);
  };
  const ticks = keepTicking(tick, metrics, lag);
  const timers = [
    setInterval(() => {
      for (const room of rooms.values()) void reading.refreshBoard(room);
    }, limits.boardEveryMs),
    setInterval(() => {
      const before = Date.now() - limits.keptMs;
      for (const room of rooms.values()) room.kept.dropBefore(before);
    }, limits.dropKeptEveryMs),
  ];

  const learnOf = (room: Room): void =>
    void learn(room).catch((error: unknown) => log.warn({ err: error }, 'a live cannot be read'));
  reference.onLiveChanged((live) => {
    const room = rooms.get(live);
    if (room) learnOf(room);
  });
  reference.onSwapped(() => {
    for (const room of rooms.values()) {
      setBack(room);
      learnOf(room);
    }
    heal();
  });

  return {
    join(known) {
      const room = rooms.get(known.live) ?? emptyRoom(known, new KeptBookings(keptInAll));
      room.watchers++;
      rooms.set(known.live, room);
      metrics.watchedLives.set(rooms.size);
    },
    async snapshot(live) {
      const room = rooms.get(live);
      if (room === undefined) return undefined;
      if (tickOf(room, 'creator') === undefined) {
        await reading
          .open(room)
          .catch((error: unknown) => log.debug({ err: error }, 'no numbers for a watcher'));
      }
      return snapshotOf(room);
    },
    async missed(live, after) {
      const room = rooms.get(live);
      return room && missedPages.page(room, after);
    },
    leave(live) {
      const room = rooms.get(live);
      if (room === undefined || --room.watchers > 0) return;
      room.kept.close();
      room.late?.close();
      rooms.delete(live);
      metrics.watchedLives.set(rooms.size);
    },
    listener: { onMessage: continuity.take, onSilence: () => heal(), isWanted: () => rooms.size > 0 },
    close() {
      ticks.close();
      healing.close();
      timers.forEach(clearInterval);
    },
  };
};

const emit = (room: Room, name: SideName, io: GatewayServer, metrics: GatewayMetrics): void => {
  const now = Date.now();
  const side = room.sides[name];
  const tick = tickOf(room, name);
  const since = side.dirtySince;
  if (tick === undefined || !takeDue(side, now)) return;
  side.emittedAt = now;
  const to = roomName(room.known.live, name);
  metrics.droppedValues.inc(countBehind(io, to));
  // Values first: right behind a large part of the feed they would be dropped.
  io.to(to).volatile.emit('live:tick', tick);
  if (side.setBack) {
    side.setBack = false;
    io.to(to).emit('live:feed', feedOf(room, { after: null, bookings: [], upTo: '0' }));
  }
  const first = side.next;
  for (let part = room.kept.part(first); part; part = room.kept.part(side.next)) {
    io.to(to).emit('live:feed', feedOf(room, part));
    side.next = part.next;
  }
  if (since === undefined) return;
  metrics.bookingsPerEmit.observe(side.next - first);
  metrics.tickAge.observe((now - since) / 1_000);
};
