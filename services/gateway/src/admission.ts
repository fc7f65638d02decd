import { id, type Refusal, refuse } from '@carat/protocol';
import type { Auth, Identity } from '@carat/service-kit';
import { limits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import { cameFrom, type GatewayServer, type GatewaySocket } from './server.ts';
import type { Doors } from './visitors.ts';

export type AdmissionDependencies = {
  readonly auth: Auth;
  readonly doors: Doors;
  readonly metrics: Pick<GatewayMetrics, 'refusedSockets'>;
};

/**
 * Why a token lets nobody do anything. Where the keys themselves cannot be had, it may be as good as any, so
 * that the same may be tried again.
 */
export const refuseToken = (auth: Pick<Auth, 'check'>): Refusal =>
  auth.check() === undefined
    ? refuse('unauthenticated')
    : refuse('overloaded', {
        message: 'Tokens cannot be checked right now. Try the same again after `retryAfterMs`.',
        retryAfterMs: limits.retryAfterMs,
      });

const badSub = 'The token’s `sub` is no id: it must be 1 to 128 characters of A-Z a-z 0-9 _ . : -';

/** An error that Socket.IO hands to the client as `connect_error`, with the refusal in `data`. */
const connectError = (refusal: Refusal): Error =>
  Object.assign(new Error(`${refusal.refused}: ${refusal.message}`), { data: refusal });

const nothingKept = Object.freeze({});

/** Decides who gets in; who does not is told why, and its connection ends. */
export const admitSockets = (
  io: GatewayServer,
  dependencies: AdmissionDependencies,
  isClosing: () => boolean,
): void => {
  const { auth, doors, metrics } = dependencies;

  io.use(async (socket, next) => {
    const { token } = socket.handshake.auth as { token?: unknown };
    // Nobody asks for it again, and a token is nothing to keep.
    socket.handshake.auth = nothingKept;
    const who = typeof token === 'string' ? await auth.verify(token) : undefined;
    // Who has left meanwhile is neither told nor counted.
    if (socket.conn.readyState !== 'open') return next(new Error('the connection is gone'));
    const isUnproven = typeof token === 'string' && who === undefined;
    const refusal = isUnproven ? refuseToken(auth) : judge(socket, who, doors, isClosing());
    if (refusal !== undefined) {
      metrics.refusedSockets.inc({ code: refusal.refused });
      next(connectError(refusal));
      setImmediate(() => socket.conn.close());
      return;
    }
    if (!who!.roles.includes('service')) socket.conn.once('close', () => doors.visitors.leave(who!.sub));
    socket.data = {
      who: who!,
      inFlight: 0,
      reading: 0,
      leaving: false,
      watched: new Map(),
      expiry: undefined,
    };
    next();
  });
};

/** Why the socket may not come in: the first of the closed list. Where nothing is against it, it counts. */
const judge = (
  socket: GatewaySocket,
  who: Identity | undefined,
  { visitors, allowance, origins }: Doors,
  isClosing: boolean,
): Refusal | undefined => {
  if (who === undefined || !id.safeParse(who.sub).success) {
    return refuse('unauthenticated', who && { message: badSub });
  }
  const { address, origin } = cameFrom(socket);
  if (origins && !isAllowed(origin, origins)) {
    const message = `Pages of ${origin} may not connect: CARAT_ALLOWED_ORIGINS does not name them.`;
    return refuse('forbidden', { message });
  }
  const tooMany = (message: string) =>
    refuse('too_many_connections', { message, retryAfterMs: limits.tooManyConnectionsRetryMs });
  if (visitors.addresses.count(address) > allowance.socketsPerAddress) {
    return tooMany(`This address has more than ${allowance.socketsPerAddress} connections.`);
  }
  if (isClosing) return refuse('overloaded', { retryAfterMs: limits.retryAfterMs });
  if (who.roles.includes('service') || visitors.enter(who.sub)) return undefined;
  return tooMany(`This viewer has ${allowance.socketsPerViewer} connections already.`);
};

const isAllowed = (origin: string | undefined, origins: readonly string[]): boolean =>
  origin === undefined || origins.includes('*') || origins.includes(origin);
