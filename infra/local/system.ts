import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '@carat/service-kit';
import type { ProcessSpec } from './child.ts';
import { plainEnv, projectRoot, type RedisSettings } from './config.ts';
import { LocalError } from './failure.ts';
import { findFreePorts, isFree } from './ports.ts';
import { createProcess, type SystemProcess } from './process.ts';
import { redisSpec } from './redis.ts';

/** One service of a system: what is started, where it answers. */
export type ServiceSpec = {
  /** Unique within the system: `gateway`, `gateway-2`. */
  readonly name: string;
  /** Path of the program, run by this very Node. */
  readonly main: string;
  readonly port: number;
  readonly env: Env;
};

export type SystemOptions = {
  /** Keeps the database, Redis' data and logs; made where it is missing, never removed. */
  readonly dir: string;
  readonly gateways?: number;
  readonly projectors?: number;
  /** Also pay creators out; and by a sandbox, unless that is left out. */
  readonly payouts?: boolean;
  readonly sandbox?: boolean;
  /** Told to every service, over everything that the system tells it itself. */
  readonly env?: Env;
  /** Of the first of each service; free ones where they are missing. */
  readonly ports?: Readonly<Partial<Record<'api' | 'gateway' | 'projector' | 'payouts' | 'sandbox', number>>>;
  /** `sqlite:<dir>/carat.db` where it is missing. */
  readonly eventStore?: string;
  /** A Redis that runs already; where it is missing the system has its own. */
  readonly redisUrl?: string;
  /** The own Redis keeps its data over restarts. */
  readonly persistent?: boolean;
  readonly redisSettings?: RedisSettings;
  /** Of at least 32 characters; a random one where it is missing. */
  readonly secret?: string;
  /** What to run instead of Carat's own services. */
  readonly services?: (addresses: { readonly redisUrl: string }) => readonly ServiceSpec[];
  /** Told of deaths and new starts, a line each. */
  readonly log?: (line: string) => void;
};

export type System = {
  readonly apiUrl: string;
  readonly gatewayUrls: readonly string[];
  /** Where payouts are made, and by which provider, where the system has them. */
  readonly payoutsUrl: string | undefined;
  readonly sandboxUrl: string | undefined;
  readonly redisUrl: string;
  readonly eventStore: string;
  readonly secret: string;
  readonly logsDir: string;
  /** The services by name, and `redis` where the system has its own. */
  readonly processes: readonly SystemProcess[];
  /** @throws where there is none of that name */
  process(name: string): SystemProcess;
  /** Ends all in order: first who takes in, then who works it off, then Redis. */
  stop(): Promise<void>;
};

const maxProbeMs = 1_000;

/**
 * Starts a whole system of child processes on this machine and waits until all are ready. Each is started
 * again when it dies. They end with this process, however it ends.
 * @throws LocalError with the sentence of the one that could not start; nothing is left running then
 */
export const startSystem = async (options: SystemOptions): Promise<System> => {
  const { dir, log = () => {}, secret = randomBytes(32).toString('hex') } = options;
  const eventStore = options.eventStore ?? `sqlite:${join(dir, 'carat.db')}`;
  const logsDir = join(dir, 'logs');
  await mkdir(logsDir, { recursive: true });

  const own = options.redisUrl === undefined ? await redisSpec(redisOptions(options)) : undefined;
  const redisUrl = options.redisUrl ?? own!.url;
  const ports = await choosePorts(options);
  const env = {
    ...plainEnv(),
    CARAT_HOST: '127.0.0.1',
    CARAT_EVENT_STORE: eventStore,
    REDIS_URL: redisUrl,
    CARAT_JWT_SECRET: secret,
    CARAT_GATEWAY_URL: addressOf(ports.gateways[0]!),
    ...payoutSettings(ports, dir),
    ...options.env,
  };
  const specs = options.services?.({ redisUrl }) ?? ownServices(ports);
  const services = specs.map((spec) => createProcess(serviceProcess(spec, env, logsDir), log));
  const redis = own ? [createProcess(own, log)] : [];
  const processes = [...services, ...redis];

  const stop = async (): Promise<void> => {
    const working = (each: SystemProcess) => each.name.startsWith('projector');
    await Promise.all(services.filter((each) => !working(each)).map((each) => each.stop()));
    await Promise.all(services.filter(working).map((each) => each.stop()));
    await Promise.all(redis.map((each) => each.stop()));
  };

  const started = await Promise.allSettled(redis.map((each) => each.start()));
  if (started.every(({ status }) => status === 'fulfilled')) {
    started.push(...(await Promise.allSettled(services.map((each) => each.start()))));
  }
  const failed = started.find((outcome) => outcome.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    apiUrl: addressOf(ports.api),
    gatewayUrls: ports.gateways.map(addressOf),
    payoutsUrl: ports.payouts === undefined ? undefined : addressOf(ports.payouts),
    sandboxUrl: ports.sandbox === undefined ? undefined : addressOf(ports.sandbox),
    redisUrl,
    eventStore,
    secret,
    logsDir,
    processes,
    process: (name) => {
      const found = processes.find((each) => each.name === name);
      if (!found) throw new Error(`the system has no process ${name}`);
      return found;
    },
    stop,
  };
};

const addressOf = (port: number): string => `http://127.0.0.1:${port}`;

const redisOptions = ({ dir, persistent, redisSettings, log }: SystemOptions) => ({
  dir,
  ...(persistent !== undefined && { persistent }),
  ...(redisSettings && { settings: redisSettings }),
  ...(log && { say: log }),
});

type Ports = {
  readonly api: number;
  readonly gateways: number[];
  readonly projectors: number[];
  readonly payouts: number | undefined;
  readonly sandbox: number | undefined;
};

const choosePorts = async (options: SystemOptions): Promise<Ports> => {
  const { gateways = 1, projectors = 1, payouts = false, sandbox = payouts, ports = {} } = options;
  const free = await findFreePorts(3 + gateways + projectors);
  const [api, ofPayouts, ofSandbox, gateway, projector] = free.splice(0, 5);
  const chosen = {
    api: ports.api ?? api!,
    gateways: [ports.gateway ?? gateway!, ...free.splice(0, gateways - 1)],
    projectors: [ports.projector ?? projector!, ...free],
    payouts: payouts ? (ports.payouts ?? ofPayouts) : undefined,
    sandbox: sandbox ? (ports.sandbox ?? ofSandbox) : undefined,
  };
  for (const [service, port] of Object.entries(ports)) {
    const isUsed = (service !== 'payouts' || payouts) && (service !== 'sandbox' || sandbox);
    if (!isUsed || (await isFree(port))) continue;
    const variable = `CARAT_${service.toUpperCase()}_PORT`;
    throw new LocalError(
      `Port ${port} is taken by another process: end it, or set ${variable} to another port.`,
    );
  }
  return chosen;
};

/** Who pays and who is paid by know of each other; the ledger lies beside the log. */
const payoutSettings = ({ payouts, sandbox }: Ports, dir: string): Env => ({
  ...(sandbox && { CARAT_SANDBOX_URL: addressOf(sandbox) }),
  ...(sandbox && { CARAT_SANDBOX_LEDGER: join(dir, 'sandbox-ledger.jsonl') }),
  ...(payouts && { CARAT_SANDBOX_WEBHOOK_URL: `${addressOf(payouts)}/webhooks/sandbox` }),
});

const ownServices = ({ api, gateways, projectors, payouts, sandbox }: Ports): ServiceSpec[] => {
  const one = (service: string, port: number, index = 0): ServiceSpec => ({
    name: index === 0 ? service : `${service}-${index + 1}`,
    main: join(projectRoot, 'services', service, 'src/main.ts'),
    port,
    env: { [`CARAT_${service.toUpperCase()}_PORT`]: String(port) },
  });
  const sandboxOf = (port: number): ServiceSpec => ({
    name: 'payout-sandbox',
    main: join(projectRoot, 'services/payouts/src/sandbox.ts'),
    port,
    env: { CARAT_SANDBOX_PORT: String(port) },
  });
  return [
    ...gateways.map((port, index) => one('gateway', port, index)),
    ...projectors.map((port, index) => one('projector', port, index)),
    ...(payouts === undefined ? [] : [one('payouts', payouts)]),
    ...(sandbox === undefined ? [] : [sandboxOf(sandbox)]),
    one('api', api),
  ];
};

const serviceProcess = (spec: ServiceSpec, env: Env, logsDir: string): ProcessSpec => ({
  name: spec.name,
  command: process.execPath,
  args: ['--disable-warning=ExperimentalWarning', spec.main],
  env: { ...env, ...spec.env },
  logFile: join(logsDir, `${spec.name}.log`),
  endsWith: 'channel',
  revived: true,
  isReady: async () => {
    try {
      const answer = await fetch(`${addressOf(spec.port)}/readyz`, {
        signal: AbortSignal.timeout(maxProbeMs),
      });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      return false;
    }
  },
});
