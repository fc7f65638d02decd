import {
  claim as claimSchema,
  id,
  isRefusal,
  liveName,
  type Receipt,
  type Refusal,
  refuse,
  refuseInvalid,
  tokenRenewal,
} from '@carat/protocol';
import type { Auth, Clock, Identity, Logger } from '@carat/service-kit';
import type { z } from 'zod';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { Reference } from './reference.ts';
import { forViewers, type Rooms, roomName } from './rooms.ts';
import {
  type GatewayServer,
  type GatewaySocket,
  raisePace,
  type SocketData,
  unsentPackets,
} from './server.ts';
import type { Wallets } from './wallets.ts';

export type SocketDependencies = {
  readonly auth: Auth;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: GatewayMetrics;
  readonly reference: Reference;
  readonly rooms: Rooms;
  readonly wallets: Wallets;
};

/** An error that Socket.IO hands to the client as `connect_error`, with the refusal in `data`. */
const connectError = (refusal: Refusal): Error =>
  Object.assign(new Error(refusal.refused), { data: refusal });

const maxTimeoutMs = 2 ** 31 - 1;

const badSub = 'The token’s `sub` is no id: it must be 1 to 128 characters of A-Z a-z 0-9 _ . : -';

const has = (who: Identity, ...roles: string[]): boolean => roles.some((role) => who.roles.includes(role));

export type Serving = {
  /** From now on claims are refused as overloaded; resolves when every claim taken has its answer. */
  drain(): Promise<void>;
};

/** Claims of all sockets that wait for their answer. */
type Load = { waiting: number; draining: boolean };

export const serveSockets = (io: GatewayServer, dependencies: SocketDependencies): Serving => {
  const { auth, clock, metrics } = dependencies;
  const all: Load = { waiting: 0, draining: false };

  io.use(async (socket, next) => {
    const { token } = socket.handshake.auth as { token?: unknown };
    const who = typeof token === 'string' ? await auth.verify(token) : undefined;
    if (who === undefined || !id.safeParse(who.sub).success) {
      return next(connectError(refuse('unauthenticated', who && { message: badSub })));
    }
    socket.data = { who, inFlight: 0, watched: new Set(), expiry: undefined };
    next();
  });

  io.on('connection', (socket) => {
    metrics.sockets.inc();
    if (has(socket.data.who, 'service')) raisePace(socket);
    endAtExpiry(socket);
    serveClaims(socket, dependencies, all);
    serveWatching(socket, dependencies);
    serveRenewal(socket, dependencies);
    socket.on('disconnect', () => {
      metrics.sockets.dec();
      clearTimeout(socket.data.expiry);
      for (const live of socket.data.watched) dependencies.rooms.leave(live);
      socket.data.watched.clear();
    });
    const { sub, roles } = socket.data.who;
    socket.emit('welcome', {
      now: clock.now(),
      sub,
      roles: [...roles],
      maxClaimsInFlight: maxInFlight(socket),
    });
  });

  const endSlowClients = setInterval(() => {
    for (const socket of io.of('/').sockets.values()) {
      if (unsentPackets(socket) <= limits.maxUnsentPackets + maxInFlight(socket)) continue;
      metrics.slowClients.inc();
      socket.disconnect(true);
    }
  }, limits.slowClientsEveryMs);
  endSlowClients.unref();

  return {
    async drain() {
      all.draining = true;
      while (all.waiting > 0) await new Promise((resolve) => setTimeout(resolve, limits.drainLookEveryMs));
    },
  };
};

const maxInFlight = ({ data }: GatewaySocket): number =>
  has(data.who, 'service') ? limits.maxClaimsInFlightPerService : limits.maxClaimsInFlightPerViewer;

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

const serveClaims = (socket: GatewaySocket, { metrics, wallets }: SocketDependencies, all: Load): void => {
  const { data } = socket;
  const bound = maxInFlight(socket);

  socket.on('gift:send', (body: unknown, answer: unknown) => {
    if (typeof answer !== 'function') return metrics.unanswerable.inc();
    const refuseNow = (refusal: Refusal): void => {
      metrics.refusals.inc({ code: refusal.refused });
      answer(refusal);
    };
    const parsed = claimSchema.safeParse(body);
    if (!parsed.success) return refuseNow(refuseInvalid(parsed.error));
    if (isExpired(socket)) return refuseNow(refuse('unauthenticated'));
    const payer = payerOf(data, parsed.data.viewer);
    if (typeof payer !== 'string') return refuseNow(payer);
    if (data.inFlight >= bound || all.draining || all.waiting >= limits.maxClaimsWaiting) {
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
  });
};

/**
 * Parses a message and answers it; what goes wrong underneath is answered `overloaded`, and harms nobody
 * else.
 */
const on = <T extends z.ZodType>(
  socket: GatewaySocket,
  event: 'live:watch' | 'live:leave' | 'token:renew',
  schema: T,
  { log, metrics }: SocketDependencies,
  handle: (message: z.output<T>) => Promise<object> | object,
): void => {
  socket.on(event, async (body: unknown, answer: unknown) => {
    if (typeof answer !== 'function') return metrics.unanswerable.inc();
    const parsed = schema.safeParse(body);
    if (!parsed.success) return answer(refuseInvalid(parsed.error));
    if (isExpired(socket)) return answer(refuse('unauthenticated'));
    try {
      answer(await handle(parsed.data));
    } catch (error) {
      log.warn({ err: error, event }, 'a message could not be answered');
      answer(refuse('overloaded', { retryAfterMs: limits.retryAfterMs }));
    }
  });
};

const serveWatching = (socket: GatewaySocket, dependencies: SocketDependencies): void => {
  const { reference, rooms, wallets } = dependencies;
  const { watched } = socket.data;

  const leave = async (live: string): Promise<void> => {
    if (!watched.delete(live)) return;
    rooms.leave(live);
    await socket.leave(roomName(live, 'creator'));
    await socket.leave(roomName(live, 'viewers'));
  };

  on(socket, 'live:watch', liveName, dependencies, async ({ live }) => {
    const known = await reference.findLive(live);
    if (known.status === 'unknown') return refuse('live_unknown');
    if (!watched.has(live) && watched.size >= limits.maxWatchedPerSocket) {
      return refuse('forbidden', { message: 'This socket watches too many lives. Leave one first.' });
    }
    const { who } = socket.data;
    if (has(who, 'viewer')) wallets.load(who.sub);
    const all = known.creator === who.sub || has(who, 'operator', 'service');
    if (!watched.has(live)) {
      watched.add(live);
      rooms.join(live, known.creator, known.status === 'ended');
    }
    // The room first, the snapshot after: nothing that happens in between is missed.
    await socket.join(roomName(live, all ? 'creator' : 'viewers'));
    const snapshot = await rooms.snapshot(live);
    if (snapshot === undefined) return refuse('live_unknown');
    if (all || snapshot.numbers === null) return snapshot;
    return { ...snapshot, numbers: { ...snapshot.numbers, totals: forViewers(snapshot.numbers.totals) } };
  });

  on(socket, 'live:leave', liveName, dependencies, async ({ live }) => {
    await leave(live);
    return {};
  });
};

const serveRenewal = (socket: GatewaySocket, dependencies: SocketDependencies): void => {
  on(socket, 'token:renew', tokenRenewal, dependencies, async ({ token }) => {
    const who = await dependencies.auth.verify(token);
    if (who === undefined) return refuse('unauthenticated');
    if (who.sub !== socket.data.who.sub) return refuse('forbidden');
    socket.data.who = who;
    endAtExpiry(socket);
    return { expiresAt: who.expiresAt };
  });
};
