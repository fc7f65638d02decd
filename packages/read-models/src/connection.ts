import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** One Redis, or a Redis Cluster: whoever takes it names only keys of one slot in one command. */
export type RedisClient = Redis | Cluster;

const maxReconnectMs = 1_000;
const maxConnectMs = 5_000;
/** A Redis that hangs is as good as one that is away. */
const maxCommandMs = 2_000;

type Log = { warn(fields: object, text: string): void; info(fields: object, text: string): void };
type Options = Omit<RedisOptions, 'replyMapping'>;
/** `subscribes`: it is for listening to sharded channels, which takes a connection more to each node. */
type ConnectOptions = Options & { readonly subscribes?: boolean };

const reasonOf = (error: Error & { code?: string }): string => error.message || error.code || error.name;

/**
 * A connection to Redis that comes back by itself. Going and coming are logged once each. Unless `options`
 * say otherwise, commands fail at once while it is away, none is sent twice, and none is waited for longer
 * than 2 s.
 * @param url `redis://` or `rediss://` of one Redis; of a cluster `redis+cluster://` or `rediss+cluster://`
 * with some of its nodes, as `redis+cluster://user:password@host:port,host:port`: the others are found by
 * those.
 */
export const connectRedis = (url: string, log: Log, options: ConnectOptions = {}): RedisClient => {
  const { subscribes = false, ...own } = options;
  const all: Options = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: maxCommandMs,
    connectTimeout: maxConnectMs,
    retryStrategy: (attempt) => Math.min(50 * attempt, maxReconnectMs),
    ...own,
  };
  const cluster = parseClusterUrl(url);
  const redis = cluster === undefined ? new Redis(url, all) : connectCluster(cluster, all, subscribes);
  let away = false;
  redis.on('error', (err) => {
    if (!away) log.warn({ reason: reasonOf(err) }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({}, 'Redis is back');
    away = false;
  });
  return redis;
};

/** One that BullMQ waits on for jobs, so nothing on it may time out or fail. */
export const connectForJobs = (url: string, log: Log): RedisClient =>
  connectRedis(url, log, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: true,
    commandTimeout: undefined,
  });

type ClusterAddress = {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly access: Pick<RedisOptions, 'username' | 'password' | 'tls'>;
};

const parseClusterUrl = (url: string): ClusterAddress | undefined => {
  const [, scheme, credentials, hosts] = /^(rediss?)\+cluster:\/\/(?:([^@/]*)@)?([^/?]+)/.exec(url) ?? [];
  if (hosts === undefined) return undefined;
  const nodes = hosts.split(',').map((host) => {
    const { hostname, port } = new URL(`redis://${host}`);
    return { host: hostname, port: port === '' ? 6_379 : Number(port) };
  });
  const [username = '', password = ''] = (credentials ?? '').split(':').map(decodeURIComponent);
  return {
    nodes,
    access: {
      ...(username !== '' && { username }),
      ...(password !== '' && { password }),
      ...(scheme === 'rediss' && { tls: {} }),
    },
  };
};

/** As with one Redis, by the names that a cluster has for it. */
const connectCluster = (
  { nodes, access }: ClusterAddress,
  options: Options,
  subscribes: boolean,
): Cluster => {
  const { enableOfflineQueue, retryStrategy, lazyConnect, ...ofNodes } = options;
  const cluster = new Cluster([...nodes], {
    enableOfflineQueue,
    lazyConnect,
    clusterRetryStrategy: retryStrategy,
    // What was on its way to a node that went away is nobody's to send again, as with one Redis.
    ...(options.autoResendUnfulfilledCommands === false && { retryDelayOnFailover: 0 }),
    shardedSubscribers: subscribes,
    // A certificate names a host, not its address.
    ...(access.tls && { dnsLookup: (host, found) => found(null, host) }),
    redisOptions: { ...ofNodes, ...access },
  });
  // Not at the first command for it only: those behind that one would be refused.
  cluster.on('+node', (node: Redis) => {
    if (!node.options.readOnly) node.connect().catch(() => undefined);
  });
  return cluster;
};

/**
 * Every Redis that holds keys, for commands that concern one of them.
 * @throws Error where one of a cluster cannot be reached
 */
export const mastersOf = async (redis: RedisClient): Promise<readonly Redis[]> => {
  if (!(redis instanceof Cluster)) return [redis];
  const slots = await redis.cluster('SLOTS');
  const masters = redis.nodes('master');
  if (masters.length < new Set(slots.map(([, , master]) => master?.[2])).size) {
    throw new Error('A node of the Redis Cluster cannot be reached.');
  }
  return masters;
};
