import {
  approveRedemption,
  type Balance,
  balanceOf,
  beginDay,
  bookOutcome,
  cancelRedemption,
  closeDay,
  type DayEarnings,
  type Decision,
  defaultPolicy,
  type Earnings,
  type EarningsEvent,
  type Event,
  evolveMoneyRates,
  evolveSettlement,
  finishDay,
  foldEarnings,
  giveUpPayout,
  initialEarnings,
  initialMoneyRates,
  initialSettlement,
  initialStanding,
  type MoneyRates,
  type RedemptionStatus,
  requestRedemption,
  type Settlement,
  setMoneyRate,
  settleDiamonds,
  startPayout,
  streams,
  turnDownRedemption,
} from '@carat/domain';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDifferences } from '../../outcome.ts';
import { noon, writeLog } from '../testing/written-log.ts';
import { createLaws } from './laws.ts';

const hourMs = 3_600_000;
const lives = { ann: 'gala', bea: 'show' } as const;
type Creator = keyof typeof lives;
type Due = { readonly day: string; readonly left: DayEarnings[]; readonly all: readonly DayEarnings[] };

const policy = { ...defaultPolicy, minDiamonds: 1, maxDiamonds: 30_000, reviewAboveDiamonds: 10_000 };
const method = { provider: 'sandbox', reference: 'm1', since: 0 };
const standing = { ...initialStanding, identity: 'verified' as const, method };

/** A log that nobody forged, all of which beside gifts the deciders decided, and how it stands. */
const createWorld = () => {
  const log = writeLog();
  log.list('rose', 5);
  for (const [creator, live] of Object.entries(lives)) log.start(live, creator);
  log.grant('vera', 1_000_000_000);
  return {
    log,
    now: noon,
    awarded: 0n,
    earnings: { ann: initialEarnings, bea: initialEarnings } as Record<Creator, Earnings>,
    settlement: initialSettlement as Settlement,
    /** Days that are closed, and not settled for all. */
    dues: [] as Due[],
    /** How many events the days closed are made of. */
    cut: 0,
    rates: initialMoneyRates as MoneyRates,
    ratesSetAt: [] as number[],
    requests: 0,
  };
};
type World = ReturnType<typeof createWorld>;

const append = (world: World, creator: Creator, decision: Decision<EarningsEvent, unknown>): void => {
  if (decision.refused) return;
  for (const { type, data } of decision.events) world.log.write(streams.earnings(creator), type, { ...data });
  world.earnings[creator] = foldEarnings(world.earnings[creator], decision.events);
};

const appendOfDay = (world: World, event: Event<'DayClosed' | 'DaySettled'>): void => {
  world.log.write(streams.settlement, event.type, { ...event.data });
  world.settlement = evolveSettlement(world.settlement, event);
};

const gift = (world: World, creator: Creator, booked: number): void => {
  const { data } = world.log.send({ viewer: 'vera', live: lives[creator], creator, booked, at: world.now });
  world.awarded += BigInt(data.millidiamonds as number);
};

/** @param ahead ms until it begins; 0: at once */
const setRate = (world: World, numerator: number, ahead: number): void => {
  const { now } = world;
  const rate = { currency: 'USD', numerator, denominator: 7, by: 'olga' } as const;
  const decision = setMoneyRate({ ...rate, from: ahead === 0 ? undefined : now + ahead, now });
  if (decision.refused) return;
  for (const event of decision.events) {
    world.log.write(streams.rates, event.type, { ...event.data });
    world.rates = evolveMoneyRates(world.rates, event);
    world.ratesSetAt.push(now);
  }
};

const close = (world: World, holdDays: number): void => {
  const [closed] = closeDay({ holdDays, graceMs: 0, now: world.now }, world.settlement).events;
  if (closed === undefined) return;
  const { day } = closed.data;
  const fold = beginDay(day);
  for (const { type, id, data } of world.log.events.slice(world.cut)) {
    if (type === 'GiftSent') fold.book(id, data as Event<'GiftSent'>['data']);
  }
  appendOfDay(world, closed);
  world.cut = world.log.events.length;
  const all = [...fold.earned()];
  world.dues.push({ day, left: [...all], all });
};

/** Settles the next day for one creator, or, where all are, says so. */
const settle = (world: World): void => {
  const { now, settlement } = world;
  const [due] = world.dues;
  if (due === undefined) return;
  const each = due.left.shift();
  if (each) {
    const creator = each.creator as Creator;
    return append(world, creator, settleDiamonds(each, now, world.earnings[creator], settlement));
  }
  const { day, all } = due;
  const sum = (of: 'coins' | 'millidiamonds') => String(all.reduce((total, one) => total + one[of], 0n));
  const gifts = all.reduce((total, one) => total + one.gifts, 0);
  const sums = { creators: all.length, gifts, coins: sum('coins'), millidiamonds: sum('millidiamonds') };
  const finished = finishDay({ day, ...sums, now }, settlement);
  if (!finished.refused) for (const event of finished.events) appendOfDay(world, event);
  world.dues.shift();
};

/** @param unread how many rates of the last second were set after they were read for it, at most */
const request = (world: World, creator: Creator, diamonds: number, unread: number): void => {
  const { now, rates, settlement } = world;
  const fresh = world.ratesSetAt.filter((at) => at > now - 1_000).length;
  const read = rates.slice(0, rates.length - Math.min(unread, fresh));
  const redemption = `r${world.requests++}`;
  const asked = { redemption, key: redemption, creator, by: creator, diamonds, currency: 'USD', now };
  const terms = { settlement, standing, rates: read, policy };
  append(world, creator, requestRedemption(asked, world.earnings[creator], terms));
};

/** Takes one of the newest redemptions one step further, where it may go. */
const step = (world: World, creator: Creator, nth: number, pick: number): void => {
  const known = world.earnings[creator];
  const of = [...known.redemptions.values()].at(-1 - nth);
  if (of === undefined) return;
  const ways = steps[of.status];
  const { redemption } = of;
  const what = ways[pick % ways.length]!;
  append(world, creator, stepOf(what, { creator, redemption, now: world.now }, known));
};

const anyStep = ['cancel', 'start', 'sent', 'paid', 'failed', 'returned', 'give up'] as const;
const steps: Readonly<Record<RedemptionStatus, readonly Step[]>> = {
  requested: anyStep,
  in_review: ['approve', 'approve', 'refuse', 'cancel'],
  approved: ['start', 'start', 'start', 'start', 'sent', 'refuse', 'cancel'],
  started: ['sent', 'paid', 'failed', 'returned', 'give up', 'give up'],
  sent: ['paid', 'paid', 'failed', 'returned'],
  paid: ['returned', ...anyStep],
  refused: anyStep,
  cancelled: anyStep,
  failed: anyStep,
  returned: anyStep,
};
type Step = (typeof anyStep)[number] | 'approve' | 'refuse';

const stepOf = (
  what: Step,
  of: { readonly creator: Creator; readonly redemption: string; readonly now: number },
  earnings: Earnings,
): Decision<EarningsEvent, unknown> => {
  const by = 'olga';
  switch (what) {
    case 'approve':
      return approveRedemption({ ...of, by }, earnings, standing);
    case 'refuse':
      return turnDownRedemption({ ...of, by, reason: 'no' }, earnings);
    case 'cancel':
      return cancelRedemption({ ...of, by }, earnings);
    case 'start':
      return startPayout(of, earnings, standing);
    case 'give up':
      return giveUpPayout({ ...of, reason: 'not listed', memoryMs: hourMs, marginMs: 1 }, earnings);
    case 'sent':
    case 'paid':
      return bookOutcome({ ...of, outcome: what, reference: `p-${of.redemption}` }, earnings);
    default:
      return bookOutcome({ ...of, outcome: what, reason: 'no account' }, earnings);
  }
};

const creator = fc.constantFrom<Creator>('ann', 'bea');
const from = (min: number, max: number) => fc.integer({ min, max });
/** One turn of a history. */
const turn: fc.Arbitrary<(world: World) => void> = fc.oneof(
  fc.tuple(creator, from(1, 4_000)).map(
    ([who, booked]) =>
      (world: World) =>
        gift(world, who, booked),
  ),
  from(0, 40 * hourMs).map((ms) => (world: World) => {
    world.now += ms;
  }),
  from(0, 3).map((holdDays) => (world: World) => close(world, holdDays)),
  fc.constant(settle),
  fc.constant(settle),
  fc.tuple(from(1, 9), fc.constantFrom(0, 0, 1, hourMs)).map(
    ([numerator, ahead]) =>
      (world: World) =>
        setRate(world, numerator, ahead),
  ),
  fc.tuple(creator, from(1, 20_000), fc.nat(2)).map(
    ([who, diamonds, unread]) =>
      (world: World) =>
        request(world, who, diamonds, unread),
  ),
  {
    weight: 3,
    arbitrary: fc.tuple(creator, fc.nat(2), fc.nat(83)).map(
      ([who, nth, pick]) =>
        (world: World) =>
          step(world, who, nth, pick),
    ),
  },
);

it('finds nothing in a log that nobody forged, and the very sums that creators are told', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 20, maxLength: 200, size: 'max' }), (turns) => {
      const world = createWorld();
      for (const take of turns) take(world);
      const { events } = world.log;
      const cuts = events.filter(({ type }) => type === 'DayClosed').map(({ data }) => data.day as string);
      const differences = createDifferences(50);
      const laws = createLaws(differences, cuts);
      for (const event of events) laws.see(event);
      const { diamonds } = laws.finish().earnings;
      expect(differences.lines()).toEqual([]);
      const told = Object.values(world.earnings).map((earnings) => balanceOf(earnings, world.settlement));
      const sum = (of: keyof Balance) => told.reduce((total, { [of]: part }) => total + part, 0n);
      expect(diamonds).toEqual({
        pending: String(world.awarded - sum('settled')),
        ...{ held: String(sum('held')), available: String(sum('available')) },
        ...{ onTheWay: String(sum('onTheWay')), paid: String(sum('paid')) },
      });
    }),
    { numRuns: 400 },
  );
});
