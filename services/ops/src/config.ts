import { resolve } from 'node:path';
import { caratDir, findRunning, projectRoot, type Running } from '@carat/local';
import { commonEnv, type Env, parseConfig, urlEnv } from '@carat/service-kit';

const { NODE_ENV, CARAT_EVENT_STORE, REDIS_URL, CARAT_JWT_SECRET, CARAT_JWKS_URL } = commonEnv;

const env = {
  NODE_ENV,
  CARAT_EVENT_STORE: CARAT_EVENT_STORE.unwrap().optional(),
  REDIS_URL: REDIS_URL.unwrap().optional(),
  CARAT_JWT_SECRET,
  CARAT_JWKS_URL,
  CARAT_URL: urlEnv('http', 'https').optional(),
};

/** Which system the commands speak to. */
export type OpsConfig = {
  readonly eventStore: string;
  /** The same, where the environment itself names it. */
  readonly chosenEventStore: string | undefined;
  readonly redisUrl: string;
  readonly apiUrl: string;
  readonly secret: string;
  /** Whether tokens are signed with the secret here, and not by the platform. */
  readonly mayMakeTokens: boolean;
};

/** Where nothing is set and nothing runs. */
const defaults = {
  eventStore: CARAT_EVENT_STORE.parse(undefined),
  redisUrl: REDIS_URL.parse(undefined),
  apiUrl: 'http://127.0.0.1:3000',
};

/**
 * What the environment does not say is as in the system that `npm start` runs, if one does.
 * @param dir where that system leaves word of itself
 * @throws ConfigError
 */
export const readConfig = async (from: Env = process.env, dir = caratDir): Promise<OpsConfig> => {
  const set = parseConfig(env, from);
  const running = await findRunning(dir);
  return {
    eventStore: set.CARAT_EVENT_STORE ?? (running ? storeOf(running) : defaults.eventStore),
    chosenEventStore: set.CARAT_EVENT_STORE,
    redisUrl: set.REDIS_URL ?? running?.redisUrl ?? defaults.redisUrl,
    apiUrl: set.CARAT_URL ?? running?.apiUrl ?? defaults.apiUrl,
    secret: set.CARAT_JWT_SECRET,
    mayMakeTokens: set.NODE_ENV !== 'production' && set.CARAT_JWKS_URL === undefined,
  };
};

const sqlite = 'sqlite:';

/** The path of a file may be told as seen from where the system runs. */
const storeOf = ({ eventStore }: Running): string =>
  eventStore.startsWith(sqlite) ? sqlite + resolve(projectRoot, eventStore.slice(sqlite.length)) : eventStore;
