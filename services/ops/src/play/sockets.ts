import { type Carat, CaratError, CaratRefusal, connect } from '@carat/client';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';
import { createPermits } from './permits.ts';

/** What a viewer needs of its connection. */
export type ViewerSocket = Pick<Carat, 'claim' | 'newComboId' | 'close'>;
/** Opens the socket of a viewer, by its place in the plan. */
export type OpenSocket = (viewer: number) => Promise<ViewerSocket>;

/**
 */
export type Sockets = {
  /** The viewer's socket, held open until `giveBack`. @throws CommandError where no gateway lets it in */
  take(viewer: number): Promise<ViewerSocket>;
  /** `last`: the viewer has nothing more to send. */
  giveBack(viewer: number, last: boolean): void;
  close(): Promise<void>;
};

type Seat = { readonly socket: Promise<ViewerSocket>; users: number };

export const createSockets = (open: OpenSocket, most: number = limits.maxSockets): Sockets => {
  /** Longest without work first. */
  const seats = new Map<number, Seat>();
  const places = createPermits(most);
  const openings = createPermits(limits.maxSocketsOpening);
  const closings = new Set<Promise<unknown>>();

  const openOne = async (viewer: number): Promise<ViewerSocket> => {
    await places.take();
    await openings.take();
    try {
      return await open(viewer);
    } finally {
      openings.give();
    }
  };

  const leave = (viewer: number, seat: Seat): void => {
    seats.delete(viewer);
    const closing = seat.socket
      .then((socket) => socket.close())
      .catch(() => undefined)
      .finally(() => {
        closings.delete(closing);
        places.give();
      });
    closings.add(closing);
  };

  const makeRoom = (): void => {
    if (seats.size < most) return;
    for (const [viewer, seat] of seats) if (seat.users === 0) return leave(viewer, seat);
    throw new CommandError(`More than ${most} viewers have frames under way at once.`);
  };

  return {
    take: (viewer) => {
      let seat = seats.get(viewer);
      if (seat) seats.delete(viewer);
      else {
        makeRoom();
        seat = { socket: openOne(viewer), users: 0 };
      }
      seats.set(viewer, seat);
      seat.users += 1;
      return seat.socket;
    },
    giveBack: (viewer, last) => {
      const seat = seats.get(viewer);
      if (!seat) return;
      seat.users -= 1;
      if (last && seat.users === 0) leave(viewer, seat);
    },
    close: async () => {
      for (const [viewer, seat] of seats) leave(viewer, seat);
      await Promise.all(closings);
    },
  };
};

/** Opens sockets at the gateways in turn, and again where one cannot be reached, within bounds. */
export const openAt =
  (gateways: readonly string[], tokenOf: (viewer: number) => Promise<string>): OpenSocket =>
  async (viewer) => {
    const deadline = Date.now() + limits.maxConnectMs;
    for (let turn = viewer; ; turn++) {
      const url = gateways[turn % gateways.length]!;
      try {
        const token = () => tokenOf(viewer);
        return await connect({ url, token, limits: { giveUpAfterMs: limits.maxClaimMs } });
      } catch (error) {
        const cause = error instanceof CaratError ? error.cause : error;
        const final = cause instanceof CaratRefusal && !cause.refusal.retry;
        if (!final && Date.now() < deadline) continue;
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new CommandError(`The gateway at ${url} does not let viewers in: ${why}`);
      }
    }
  };
