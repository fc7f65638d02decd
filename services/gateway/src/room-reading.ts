import type { Reader } from '@carat/read-models';
import { limits } from './limits.ts';
import { type Room, showBoard, showTotals, sideNames } from './room.ts';

/** Reads what a room shows from Redis: at first, and where messages were missed. */
export type RoomReading = {
  /** Reads all that a room begins with; who asks meanwhile waits for the same. */
  open(room: Room): Promise<void>;
  /**
   * Brings a room to where the read models stand, by reads that begin after the call. Rejects where they
   * cannot be read, or are being filled for the first time.
   */
  catchUp(room: Room): Promise<void>;
  /** Reads the board where it may have changed. */
  refreshBoard(room: Room): Promise<void>;
};

export const openRoomReading = (
  reader: Pick<Reader, 'liveNumbers' | 'liveBoard' | 'liveFeed'>,
): RoomReading => {
  const limit = limits.maxBookingsPerPart;

  const readNumbers = async (room: Room): Promise<void> => {
    const read = await reader.liveNumbers(room.known, limits.boardEntries);
    if (read === undefined) return;
    showTotals(room, read.asOf, read.totals, Date.now());
    showBoard(room, { asOf: read.asOf, entries: read.board }, Date.now());
  };

  /** Begins with the newest bookings, so that clients who come from another gateway find what they missed. */
  const readNewest = async (room: Room): Promise<boolean> => {
    const feed = await reader.liveFeed(room.known, { limit });
    if (feed === undefined) return false;
    const from = feed.bookings[0]?.position ?? feed.asOf.position ?? '0';
    room.kept.begin(from, feed.bookings, Date.now());
    return true;
  };

  const readFirst = async (room: Room): Promise<void> => {
    if (!(await readNewest(room))) return;
    await readNumbers(room);
    // What the first snapshot holds already is not shown after it.
    const after = room.asOf?.position;
    const next = after == null ? undefined : room.kept.numberAfter(after);
    for (const name of sideNames) room.sides[name].next = next ?? room.kept.next;
  };

  /**
   * Bookings that messages should have brought are read from the feed. What it no longer holds, or is too
   * much, shows as a gap: the next part then does not go on from where the last one ended.
   */
  const readMissed = async (room: Room): Promise<void> => {
    for (let page = 1; page <= limits.maxHealedPages; page++) {
      const feed = await reader.liveFeed(room.known, { after: room.kept.upTo!, limit });
      if (feed === undefined) throw new Error('the bookings missed are not known yet');
      if (feed.gap) break;
      room.kept.add(feed.bookings, Date.now());
      if (feed.bookings.length < limit) return;
    }
    await readNewest(room);
  };

  const open = (room: Room): Promise<void> => {
    room.opening ??= readFirst(room).finally(() => {
      room.opening = undefined;
    });
    return room.opening;
  };

  return {
    open,
    async catchUp(room) {
      await room.opening;
      if (room.kept.begun) await readNumbers(room);
      // Nothing is kept either where the numbers tell that the log was set back.
      if (room.kept.begun) await readMissed(room);
      else await open(room);
    },
    async refreshBoard(room) {
      if (!room.boardDirty) return;
      room.boardDirty = false;
      const read = await reader.liveBoard(room.known, limits.boardEntries).catch(() => undefined);
      if (read === undefined) room.boardDirty = true;
      else showBoard(room, read, Date.now());
    },
  };
};
