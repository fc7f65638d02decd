import {
  claim as claimSchema,
  isRefusal,
  type LiveSnapshot,
  liveName,
  missedBookings,
  type Receipt,
  type Refusal,
  refuse,
  refuseInvalid,
  tokenRenewal,
} from '@carat/protocol';
import type { Clock, Identity, Logger } from '@carat/service-kit';
import type { z } from 'zod';
import { type AdmissionDependencies, admitSockets, refuseToken } from './admission.ts';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Reference } from './reference.ts';
import { forViewers, roomName, type SideName } from './room.ts';
import type { Rooms } from './rooms.ts';
import { sendAway } from './sending-away.ts';
import {
  type GatewayServer,
  type GatewaySocket,
  isBehind,
  maxInFlight,
  raisePace,
  type SocketData,
} from './server.ts';
import { endSlowClients } from './slow-clients.ts';
import type { Wallets } from './wallets.ts';

export type SocketDependencies = AdmissionDependencies & {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly reference: Reference;
  readonly rooms: Rooms;
  readonly wallets: Wallets;
};

const maxTimeoutMs = 2 ** 31 - 1;

const has = (who: Identity, ...roles: string[]): boolean => roles.some((role) => who.roles.includes(role));

export type Serving = {
  /** Lets nobody in any more and sends the clients away, to be served by others. */
  sendAway(): Promise<void>;
  /** From now on claims are refused as overloaded; resolves when every claim taken has its answer. */
  drain(): Promise<void>;
};

/** `waiting`: claims of all sockets that wait for their answer. */
type Load = { waiting: number; closing: boolean; draining: boolean };

export const serveSockets = (io: GatewayServer, dependencies: SocketDependencies): Serving => {
  const { clock, metrics } = dependencies;
  const all: Load = { waiting: 0, closing: false, draining: false };
  admitSockets(io, dependencies, () => all.closing);
  endSlowClients(io, dependencies);

  const [claim, renewal, gone] = [onClaim(dependencies, all), onRenewal(dependencies), onGone(dependencies)];
  const { watch, leave, missed } = onWatching(dependencies);

  io.on('connection', (socket) => {
    metrics.sockets.inc();
    if (has(socket.data.who, 'service')) raisePace(socket);
    endAtExpiry(socket);
    socket.on('gift:send', claim);
    socket.on('live:watch', watch);
    socket.on('live:leave', leave);
    socket.on('live:missed', missed);
    socket.on('token:renew', renewal);
    socket.on('disconnect', gone);
    const { sub, roles } = socket.data.who;
    socket.emit('welcome', {
      now: clock.now(),
      sub,
      roles: [...roles],
      maxClaimsInFlight: maxInFlight(socket),
    });
  });

  return {
    sendAway() {
      all.closing = true;
      return sendAway(io);
    },
    async drain() {
      all.draining = true;
      while (all.waiting > 0) await new Promise((resolve) => setTimeout(resolve, limits.drainLookEveryMs));
    },
  };
};

/**
 * What a socket does on a message, made once and shared by all sockets, which find themselves in `this`: a
 * function for each of them would be a tenth of what an idle socket costs.
 */
type Listener = (this: GatewaySocket, body: unknown, answer: unknown) => void;

const onGone = ({ metrics, rooms }: SocketDependencies): Listener =>
  function () {
    metrics.sockets.dec();
    clearTimeout(this.data.expiry);
    const { watched } = this.data;
    for (const [live, creator] of watched) if (creator !== undefined) rooms.leave(live);
    watched.clear();
  };

const isExpired = ({ data }: GatewaySocket): boolean => data.who.expiresAt <= Date.now();

const endAtExpiry = (socket: GatewaySocket): void => {
  clearTimeout(socket.data.expiry);
  const left = socket.data.who.expiresAt - Date.now();
  socket.data.expiry = setTimeout(
    () => (isExpired(socket) ? socket.disconnect(true) : endAtExpiry(socket)),
    Math.min(Math.max(left, 0), maxTimeoutMs),
  );
  socket.data.expiry.unref();
};

/** Whose wallet a claim spends from, or why this socket may not send it. */
const payerOf = ({ who }: SocketData, viewer: string | undefined): string | Refusal => {
  if (has(who, 'service')) {
    return viewer ?? refuse('invalid', { path: 'viewer', message: 'viewer: a service names who pays' });
  }
  if (viewer !== undefined) {
    return refuse('invalid', { path: 'viewer', message: 'viewer: only a service names who pays' });
  }
  return has(who, 'viewer') ? who.sub : refuse('forbidden');
};

const onClaim = ({ doors, metrics, wallets }: SocketDependencies, all: Load): Listener =>
  function (body, answer) {
    if (typeof answer !== 'function') return metrics.unanswerable.inc();
    const { data } = this;
    const refuseNow = (refusal: Refusal): void => {
      metrics.refusals.inc({ code: refusal.refused });
      answer(refusal);
    };
    const parsed = claimSchema.safeParse(body);
    if (!parsed.success) return refuseNow(refuseInvalid(parsed.error));
    if (isExpired(this)) return refuseNow(refuse('unauthenticated'));
    const payer = payerOf(data, parsed.data.viewer);
    if (typeof payer !== 'string') return refuseNow(payer);
    const retryAfterMs = has(data.who, 'service') ? 0 : doors.visitors.claim(payer);
    if (retryAfterMs > 0) return refuseNow(refuse('too_many_claims', { retryAfterMs }));
    const isClosing = all.draining || data.leaving;
    if (data.inFlight >= maxInFlight(this) || isClosing || all.waiting >= limits.maxClaimsWaiting) {
      return refuseNow(refuse('overloaded', { retryAfterMs: limits.retryAfterMs }));
    }
    data.inFlight++;
    all.waiting++;
    const began = performance.now();
    wallets.submit(payer, parsed.data, (result: Receipt | Refusal) => {
      data.inFlight--;
      all.waiting--;
      metrics.claimSeconds.observe((performance.now() - began) / 1_000);
      if (isRefusal(result)) return refuseNow(result);
      metrics.receipts.inc();
      answer(result);
    });
  };

/**
 * Parses a message and answers it; what goes wrong underneath is answered `overloaded`, and harms nobody
 * else.
 */
const on = <T extends z.ZodType>(
  event: string,
  schema: T,
  { log, metrics }: SocketDependencies,
  handle: (socket: GatewaySocket, message: z.output<T>) => Promise<object> | object,
): Listener =>
  async function (body, answer) {
    if (typeof answer !== 'function') return metrics.unanswerable.inc();
    const parsed = schema.safeParse(body);
    if (!parsed.success) return answer(refuseInvalid(parsed.error));
    if (isExpired(this)) return answer(refuse('unauthenticated'));
    try {
      answer(await handle(this, parsed.data));
    } catch (error) {
      log.warn({ err: error, event }, 'a message could not be answered');
      answer(refuse('overloaded', { retryAfterMs: limits.retryAfterMs }));
    }
  };

/** With whose eyes somebody sees a live: what it earns is for its creator and the platform alone. */
const sideOf = (who: Identity, creator: string): SideName => {
  const isCreator = has(who, 'creator') && who.sub === creator;
  return isCreator || has(who, 'operator', 'service') ? 'creator' : 'viewers';
};

/** Lets a socket hear what is for its eyes now, and no longer what is for others'. */
const takeSide = async (socket: GatewaySocket, live: string, creator: string): Promise<void> => {
  const side = sideOf(socket.data.who, creator);
  const other = side === 'creator' ? 'viewers' : 'creator';
  await Promise.all([socket.leave(roomName(live, other)), socket.join(roomName(live, side))]);
};

const onWatching = (dependencies: SocketDependencies) => {
  const { reference, rooms, wallets } = dependencies;

  const leave = async (socket: GatewaySocket, live: string): Promise<void> => {
    const { watched } = socket.data;
    const creator = watched.get(live);
    watched.delete(live);
    if (creator === undefined) return;
    rooms.leave(live);
    await socket.leave(roomName(live, 'creator'));
    await socket.leave(roomName(live, 'viewers'));
  };

  const watch = async (socket: GatewaySocket, live: string): Promise<LiveSnapshot | Refusal> => {
    const { watched } = socket.data;
    const known = await reference.findLive(live);
    // The socket has left the live, or has gone: nobody would count it out again.
    if (!watched.has(live)) return left();
    if (known.status === 'unknown') return refuse('live_unknown');
    const { creator } = known;
    if (has(socket.data.who, 'viewer')) wallets.load(socket.data.who.sub);
    if (watched.get(live) === undefined) {
      watched.set(live, creator);
      rooms.join(known);
    }
    // The room first, the snapshot after: nothing that happens in between is missed.
    await takeSide(socket, live, creator);
    const snapshot = await rooms.snapshot(live);
    if (snapshot === undefined || !watched.has(live)) return left();
    if (sideOf(socket.data.who, creator) === 'creator' || snapshot.numbers === null) return snapshot;
    return { ...snapshot, numbers: { ...snapshot.numbers, totals: forViewers(snapshot.numbers.totals) } };
  };

  return {
    watch: on('live:watch', liveName, dependencies, async (socket, { live }) => {
      const { watched } = socket.data;
      if (!watched.has(live)) {
        if (watched.size >= limits.maxWatchedPerSocket) {
          return refuse('forbidden', { message: 'This socket watches too many lives. Leave one first.' });
        }
        watched.set(live, undefined);
      }
      try {
        return await watch(socket, live);
      } finally {
        if (watched.get(live) === undefined) watched.delete(live);
      }
    }),
    leave: on('live:leave', liveName, dependencies, async (socket, { live }) => {
      await leave(socket, live);
      return {};
    }),
    missed: onMissed(dependencies),
  };
};

const left = (): Refusal => refuse('forbidden', { message: 'This socket has left the live.' });

const onMissed = (dependencies: SocketDependencies): Listener =>
  on('live:missed', missedBookings, dependencies, async (socket, { live, after }) => {
    const { data } = socket;
    if (!data.watched.has(live))
      return refuse('forbidden', { message: 'This socket does not watch the live.' });
    // Pages are large: who does not take what it asked for gets no more of them.
    if (data.reading >= limits.maxMissedReadsPerSocket || isBehind(socket)) {
      return refuse('overloaded', { retryAfterMs: limits.missedAgainAfterMs });
    }
    data.reading++;
    try {
      return (await dependencies.rooms.missed(live, after)) ?? refuse('live_unknown');
    } finally {
      data.reading--;
    }
  });

const onRenewal = (dependencies: SocketDependencies): Listener =>
  on('token:renew', tokenRenewal, dependencies, async (socket, { token }) => {
    const who = await dependencies.auth.verify(token);
    if (who === undefined) return refuseToken(dependencies.auth);
    if (who.sub !== socket.data.who.sub) return refuse('forbidden');
    // Who has gone meanwhile must not be kept in memory until the token expires.
    if (!socket.connected) return refuse('unauthenticated');
    socket.data.who = who;
    endAtExpiry(socket);
    const sides = [...socket.data.watched].map(
      ([live, creator]) => creator !== undefined && takeSide(socket, live, creator),
    );
    await Promise.all(sides);
    return { expiresAt: who.expiresAt };
  });
