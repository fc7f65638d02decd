import { limits } from './limits.ts';
import type { Room } from './room.ts';

/** Reads the rooms that missed something, until none does. */
export type Healing = {
  /** Rooms have missed something since the last call. */
  begin(): void;
  close(): void;
};

/**
 * Some are read at once, and each by itself: one that cannot be read is tried again, and keeps no other from
 * going on.
 * @param read brings a room to where the read models stand; rejects where they cannot be read
 */
export const openHealing = (rooms: () => Iterable<Room>, read: (room: Room) => Promise<void>): Healing => {
  let isHealing = false;
  let again = false;

  const healRoom = async (room: Room): Promise<void> => {
    const { late } = room;
    if (late === undefined) return;
    const isRead = await read(room).then(
      () => true,
      () => false,
    );
    // Where more was missed meanwhile, this read may have begun too early.
    if (!isRead || room.late !== late) return;
    room.late = undefined;
    room.kept.takeOver(late);
  };

  const heal = async (): Promise<void> => {
    again = true;
    if (isHealing) return;
    isHealing = true;
    while (again) {
      again = false;
      const missing = [...rooms()].filter(({ late }) => late !== undefined).values();
      const healOn = async (): Promise<void> => {
        for (const room of missing) await healRoom(room);
      };
      await Promise.all(Array.from({ length: limits.maxHealedAtOnce }, healOn));
    }
    isHealing = false;
  };

  const regularly = setInterval(() => void heal(), limits.healAgainMs);
  return {
    begin: () => void heal(),
    close: () => clearInterval(regularly),
  };
};
