import { randomUUID } from 'node:crypto';
import { type Carat, CaratRefusal, connect } from '@carat/client';
import type { Frame, Gift } from '@carat/simulator';
import type { DemoApi } from './api.ts';

export const maxOpenSockets = 200;
/** More than come within the 15 minutes in which a combo can be claimed; what is older is refused anyway. */
const maxCombos = 50_000;
const maxTries = 3;
/** What somebody who runs out of coins buys at least. */
const leastPurse = 1_000;

export type Viewers = {
  /**
   * Sends what a frame says as its viewer does: connected by a socket of its own, with coins enough. Resolves
   * when that is settled, also where it came to nothing: a later frame of the combo says all that this one
   * said.
   */
  send(frame: Frame): Promise<void>;
  close(): Promise<void>;
};

type Seat = { readonly carat: Promise<Carat>; sending: number };

export const createViewers = (options: {
  readonly live: string;
  readonly gifts: readonly Gift[];
  readonly api: DemoApi;
  connect(viewer: string): Promise<Carat>;
}): Viewers => {
  const { live, api } = options;
  const coinsOf = new Map(options.gifts.map(({ id, coins }) => [id, coins]));
  /** Least recently used first, both of them. */
  const seats = new Map<string, Seat>();
  const combos = new Map<string, Promise<string>>();
  const known = new Set<string>();

  const seatOf = (viewer: string): Seat => {
    const seat = seats.get(viewer) ?? takeSeat(viewer);
    seats.delete(viewer);
    seats.set(viewer, seat);
    const idle = seats.size > maxOpenSockets && [...seats].find(([, { sending }]) => sending === 0);
    if (idle) leave(...idle);
    return seat;
  };

  const takeSeat = (viewer: string): Seat => {
    const seat = { carat: options.connect(viewer), sending: 0 };
    seat.carat.catch(() => seats.get(viewer) === seat && seats.delete(viewer));
    return seat;
  };

  const leave = (viewer: string, { carat }: Seat): void => {
    seats.delete(viewer);
    carat.then((open) => open.close()).catch(() => undefined);
  };

  const comboOf = ({ viewer, gift, combo }: Frame, carat: Promise<Carat>): Promise<string> => {
    const key = `${viewer} ${gift} ${combo}`;
    const id = combos.get(key) ?? carat.then((open) => open.newComboId());
    combos.set(key, id);
    id.catch(() => combos.delete(key));
    const [oldest] = combos.keys();
    if (combos.size > maxCombos && oldest !== undefined) combos.delete(oldest);
    return id;
  };

  const buyCoins = (viewer: string, cost: number): Promise<void> =>
    api.grant(randomUUID(), viewer, Math.max(leastPurse, 2 * cost));

  const claim = async (frame: Frame, seat: Seat): Promise<void> => {
    const { viewer, gift, count } = frame;
    const cost = count * (coinsOf.get(gift) ?? 0);
    if (!known.has(viewer)) {
      known.add(viewer);
      await buyCoins(viewer, cost);
    }
    const combo = await comboOf(frame, seat.carat);
    const carat = await seat.carat;
    for (let tries = 1; ; tries += 1) {
      try {
        await carat.claim({ combo, live, gift, count });
        return;
      } catch (error) {
        const isPoor = error instanceof CaratRefusal && error.code === 'wallet_has_too_few_coins';
        if (!isPoor || tries >= maxTries) throw error;
        await buyCoins(viewer, cost);
      }
    }
  };

  return {
    async send(frame) {
      const seat = seatOf(frame.viewer);
      seat.sending += 1;
      try {
        await claim(frame, seat);
      } catch {
        // Said above: nothing is lost but what this frame alone said.
      } finally {
        seat.sending -= 1;
      }
    },
    close: async () => {
      const open = await Promise.allSettled([...seats.values()].map(({ carat }) => carat));
      await Promise.all(open.map((each) => each.status === 'fulfilled' && each.value.close()));
    },
  };
};

export const connectAs = (
  who: { readonly sub: string; readonly roles: readonly string[] },
  gatewayUrl: string,
  sign: (claims: { sub: string; roles: readonly string[]; ttlSeconds: number }) => Promise<string>,
): Promise<Carat> => connect({ url: gatewayUrl, token: () => sign({ ...who, ttlSeconds: 3_600 }) });
