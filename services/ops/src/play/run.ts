import { connect } from '@carat/client';
import { signToken } from '@carat/service-kit';
import { limits } from '../limits.ts';
import { CommandError } from '../outcome.ts';
import { type Api, createApi } from './api.ts';
import { awaitApi, awaitSocket } from './catch-up.ts';
import { eachOf } from './permits.ts';
import type { Plan } from './plan.ts';
import { sendFrames } from './send.ts';
import { createSockets, openAt } from './sockets.ts';
import { createTally, type Tally } from './tally.ts';
import { compareWitnesses, type NamedWitness, type Witness } from './witnesses.ts';

/** The system that a log is played on. */
export type Target = {
  readonly apiUrl: string;
  /** The one that the api names, where missing. */
  readonly gatewayUrls?: readonly string[];
  readonly secret: string;
};

export type RunOptions = {
  readonly target: Target;
  readonly speed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (answered: number) => void;
};

/** What came of playing a log once. */
export type Played = {
  readonly plan: Plan;
  readonly frames: Tally['frames'];
  readonly refusals: Tally['refusals'];
  /** As the api says it; undefined where it says nothing. */
  readonly api: Witness | undefined;
  readonly differences: readonly string[];
  /** From the first frame sent to the last one answered. */
  readonly seconds: number;
};

/**
 * Plays a plan as a new live and hears its witnesses. @throws CommandError where it cannot be played to its
 * end
 */
export const runPlan = async (plan: Plan, options: RunOptions): Promise<Played> => {
  const { target, signal } = options;
  const sign = (sub: string, role: string): Promise<string> =>
    signToken({ sub, roles: [role], ttlSeconds: limits.tokenSeconds }, target.secret);
  const token = await sign('carat-play', 'service');
  const api = createApi(target.apiUrl, token, signal);
  const named = await api.gateway();
  const gateways = target.gatewayUrls ?? [named];
  await prepare(api, plan);
  const creator = await connectCreator(gateways[0]!, () => sign(plan.creator, 'creator'));
  const sockets = createSockets(openAt(gateways, (viewer) => sign(plan.viewers[viewer]!.id, 'viewer')));
  let ended = false;
  try {
    const watching = creator.watch(plan.live);
    await watching.ready;
    const tally = createTally();
    const start = performance.now();
    await sendFrames({ plan, tally, sockets, speed: options.speed, signal, onProgress: options.onProgress });
    const seconds = (performance.now() - start) / 1000;
    await sockets.close();
    await api.endLive(plan.live);
    ended = true;
    const seenByApi = await awaitApi(api, plan.live, tally.position, signal);
    const seenBySocket = await awaitSocket(watching, tally.position, seenByApi.witness, signal);
    const seen = [
      { name: 'The api', ...seenByApi },
      { name: "The creator's socket", ...seenBySocket },
    ];
    const differences = [
      ...seen.flatMap(({ fault }) => fault ?? []),
      ...compare(plan, tally.witness(), seen),
    ];
    const { frames, refusals } = tally;
    return { plan, frames, refusals, api: seenByApi.witness, differences, seconds };
  } finally {
    await creator.close();
    if (!signal.aborted) await sockets.close();
    if (!ended) await endAnyway(target.apiUrl, token, plan.live);
  }
};

/** Lists the log's gifts, grants its viewers their coins, and starts the live. */
const prepare = async (api: Api, plan: Plan): Promise<void> => {
  await eachOf(plan.gifts, limits.maxRequestsAtOnce, (gift) => api.listGift(gift));
  await eachOf(plan.viewers, limits.maxRequestsAtOnce, ({ id: viewer, coins }, place) =>
    api.grant({ grant: `${plan.live}.v${place + 1}`, viewer, coins }),
  );
  await api.startLive({ live: plan.live, creator: plan.creator, title: plan.log.slice(0, 200) });
};

/** A live whose run broke off does not go on; where even that cannot be said, it is left as it is. */
const endAnyway = async (apiUrl: string, token: string, live: string): Promise<void> => {
  const api = createApi(apiUrl, token, AbortSignal.timeout(limits.maxFarewellMs));
  await api.endLive(live).catch(() => undefined);
};

const connectCreator = async (url: string, token: () => Promise<string>) => {
  try {
    return await connect({ url, token });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
    throw new CommandError(`The gateway at ${url} does not let the creator in: ${cause.message}`);
  }
};

const compare = (
  plan: Plan,
  receipts: Witness,
  seen: readonly { name: string; witness: Witness | undefined }[],
): string[] => {
  const witnesses: NamedWitness[] = [{ name: 'The sum of the receipts', ...receipts }];
  for (const { name, witness } of seen) if (witness) witnesses.push({ name, ...witness });
  const coinsOf = new Map(plan.viewers.map(({ id, coins }) => [id, coins]));
  return compareWitnesses(plan.implied, coinsOf, witnesses);
};
