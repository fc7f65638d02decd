import { v7 } from 'uuid';

/**
 * The server's time, in ms since 1970, as told at each connect. It goes on by the machine's wall clock:
 * unlike a monotonic one, that keeps going while a phone sleeps.
 */
export const createServerClock = (wall: () => number = Date.now) => {
  let ahead = 0;
  const now = (): number => Math.floor(wall() + ahead);
  return {
    /** Takes over what the server just said. */
    set: (told: number): void => {
      ahead = told - wall();
    },
    now,
    /** An id for a combo that begins now: a UUIDv7 of the server's time, lower case. */
    newComboId: (): string => v7({ msecs: now() }),
  };
};

export type ServerClock = ReturnType<typeof createServerClock>;
