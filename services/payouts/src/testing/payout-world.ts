import {
  addDays,
  approveRedemption,
  cancelRedemption,
  dayOf,
  type EarningsEvent,
  type Event,
  setMoneyRate,
  streams,
} from '@carat/domain';
import { earningsFold, foldStream, moneyRatesFold, reconcilePayouts } from '@carat/history';
import { ProviderError } from '@carat/payout-providers';
import { appendDecided } from '../append.ts';
import { createMemoryStore } from './memory-store.ts';
import { type Process, startProcess } from './payout-process.ts';
import { giftOf, raiseCreators, requestAll } from './redeeming.ts';
import { createScripted, type Fate } from './scripted-provider.ts';
import { Crashed, createTurns } from './turns.ts';

const hourMs = 3_600_000;
const begin = Date.parse('2026-11-02T12:00:00Z');
export const creators = ['ann', 'bea'] as const;

/** What is done to the world: by which process, to whom, and how much. */
export type Act = {
  readonly kind: Kind;
  readonly who: number;
  readonly size: number;
  readonly other: number;
};
export const kinds = [
  ...(['gift', 'settle', 'request', 'request', 'bring', 'bring', 'bring', 'bring', 'tell', 'tell'] as const),
  ...([
    'rate',
    'cancel',
    'approve',
    'freeze',
    'release',
    'reconcile',
    'crash',
    'crash',
    'pass',
    'nap',
  ] as const),
];
export type Kind = (typeof kinds)[number];

/** Two payouts services on one log and one provider, and all that happens around them. */
export const createPayoutWorld = async (order: readonly number[], fates: readonly Fate[]) => {
  const store = createMemoryStore();
  const turns = createTurns(order);
  let now = begin;
  let drawn = 0;
  let named = 0;
  let isKind = false;
  const clock = { now: () => now };
  const fate = (): Fate => (isKind ? 'paid' : (fates[drawn++ % fates.length] ?? 'paid'));
  const provider = createScripted(clock.now, fate);
  const revive = (): Process => startProcess({ store, clock, turns }, provider.adapter);
  const processes = [revive(), revive()];
  await raiseCreators(store, creators, { diamonds: 60, now, provider: 'scripted' });

  const revisions = async (stream: string) => {
    const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
    return page.exists ? page.last : ('no_stream' as const);
  };
  const redemptionsOf = async (creator: string): Promise<string[]> => [
    ...(await foldStream(store, earningsFold(creator)).read()).state.redemptions.keys(),
  ];
  /** Steps that fail are tried again: by another act. */
  const bring = ({ step }: Process, creator: string, redemption: string): Promise<unknown> =>
    step(creator, redemption).catch((error: unknown) => {
      if (!(error instanceof ProviderError)) throw error;
    });

  const said = (creator: string): Event<'CreatorFrozen'>['data'] => ({
    ...{ creator, reason: 'why', until: null, by: 'olga', at: now },
  });
  const judge = async (creator: string, type: 'CreatorFrozen' | 'CreatorReleased'): Promise<void> => {
    const stream = streams.standing(creator);
    const { until: _, ...released } = said(creator);
    const event: Event<'CreatorFrozen' | 'CreatorReleased'> =
      type === 'CreatorFrozen' ? { type, data: said(creator) } : { type, data: released };
    await appendDecided(store, stream, await revisions(stream), [event]);
  };

  /** As operators do: what is not in review any more stays as it is. */
  const approve = async ({ books }: Process, creator: string, redemption: string): Promise<unknown> => {
    const { state: standing } = await books.standing(creator);
    return books.decide<EarningsEvent, unknown>(creator, (earnings) =>
      approveRedemption({ creator, redemption, by: 'olga', now }, earnings, standing),
    );
  };

  const tell = async ({ outcomes }: Process, size: number, other: number): Promise<void> => {
    const made = provider.made[size % Math.max(1, provider.made.length)];
    if (made === undefined) return;
    const states = provider.statesOf(made);
    const [creator = '', redemption = ''] = made.key.split('/');
    await outcomes.book({ provider: 'scripted', creator, redemption }, states[other % states.length]!);
  };

  const act = async (process: Process, { kind, who, size, other }: Act): Promise<unknown> => {
    const creator = creators[who % creators.length]!;
    const ids = await redemptionsOf(creator);
    const redemption = ids[size % Math.max(1, ids.length)] ?? 'none';
    switch (kind) {
      case 'gift': {
        const stream = streams.wallet(`fan-of-${creator}`);
        const gift = giftOf(creator, 1 + size, now + named++);
        return appendDecided(store, stream, await revisions(stream), [gift]);
      }
      case 'settle':
        return process.settle(other % 3);
      case 'request':
        return requestAll(process.store, creator, [`r${named++}`], { diamonds: 5 + size, now });
      case 'bring':
        return bring(process, creator, redemption);
      case 'tell':
        return tell(process, size, other);
      case 'rate': {
        const { expected } = await foldStream(store, moneyRatesFold).read();
        const rate = { currency: 'USD', numerator: 1 + size, denominator: 1 + (other % 7) } as const;
        const decision = setMoneyRate({ ...rate, from: undefined, by: 'olga', now });
        return decision.refused || appendDecided(store, streams.rates, expected, decision.events);
      }
      case 'cancel':
        return process.books.decide<EarningsEvent, unknown>(creator, (earnings) =>
          cancelRedemption({ creator, redemption, by: creator, now }, earnings),
        );
      case 'approve':
        return approve(process, creator, redemption);
      case 'freeze':
        return judge(creator, 'CreatorFrozen');
      case 'release':
        return judge(creator, 'CreatorReleased');
      case 'reconcile':
        return process.reconcile();
      case 'crash':
        return process.life.dieAfter(size % 12, other % 2 === 0);
      default:
        return undefined;
    }
  };

  const together = async (acts: readonly (() => Promise<unknown>)[]): Promise<void> => {
    const isCrash = (error: unknown): void => {
      if (!(error instanceof Crashed)) throw error;
    };
    await turns.run(acts.map((each) => each().catch(isCrash)));
    for (const [n, { life }] of processes.entries()) if (life.dead) processes[n] = revive();
  };

  return {
    store,
    made: provider.made,
    /** Both processes do something at once; time passes in between only, as a call takes no hours. */
    async round(acts: readonly [Act, Act]): Promise<void> {
      for (const { kind, other } of acts) {
        if (kind === 'pass') now += other % 3 === 0 ? 9 * 24 * hourMs : 20 * hourMs;
        if (kind === 'nap') now += (1 + other) * 60_000;
      }
      await together(acts.map((each, n) => () => act(processes[n]!, each)));
    },
    /** From now on nothing goes wrong: all comes to its end. */
    async end(): Promise<void> {
      isKind = true;
      for (const [n] of processes.entries()) processes[n] = revive();
      for (const creator of creators) await judge(creator, 'CreatorReleased');
      for (let day = 0; day < 4; day++) {
        now = Date.parse(addDays(dayOf(now), 5)) + 12 * hourMs;
        await together(
          processes.map(
            ({ settle }) =>
              () =>
                settle(0),
          ),
        );
        for (const creator of creators) {
          for (const redemption of await redemptionsOf(creator)) {
            await together(processes.map((each) => () => approve(each, creator, redemption)));
            await together(processes.map((each) => () => bring(each, creator, redemption)));
            await together(processes.map((each) => () => bring(each, creator, redemption)));
          }
        }
        await together(provider.made.map((_, n) => () => tell(processes[n % 2]!, n, 2)));
      }
      await together(processes.map(({ reconcile }) => reconcile));
    },
    reconcile: () => {
      const life = {
        dead: false,
        dieAfter: () => undefined,
        call: <T>(effect: () => Promise<T>) => effect(),
      };
      return reconcilePayouts(store, provider.adapter(life), { from: 0, to: now });
    },
  };
};
