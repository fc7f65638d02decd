import { expect } from 'vitest';
import { type Earnings, settleDiamonds } from '../earnings.ts';
import { setMoneyRate } from '../money-rates.ts';
import { bookOutcome, giveUpPayout, maySend, type Outcome, startPayout, withdrawPayout } from '../payout.ts';
import { requestRedemption } from '../redemption.ts';
import { defaultPolicy } from '../redemption-policy.ts';
import { approveRedemption, cancelRedemption, turnDownRedemption } from '../redemption-review.ts';
import { closeDay, finishDay, unsettledDays } from '../settlement.ts';
import { type Creator, createWorld, creators, type World } from './payout-world.ts';
import { goodStanding } from './redeeming.ts';

const hour = 3_600_000;
/** For how long the provider recognises a key: then it pays again. */
const memoryMs = 24 * hour;
const marginMs = hour;
/** Shorter than any time that passes in a walk: whoever waits is not alone any more. */
const soleMs = 60_000;
const policy = {
  ...defaultPolicy,
  minDiamonds: 10,
  maxDiamonds: 400,
  reviewAboveDiamonds: 100,
  feeMinor: { USD: 3 },
  withholdingWithoutFormPerMille: 240,
};

/** What can happen; those named more often happen more often. */
export const kinds = [
  ...['gift', 'gift', 'rate', 'pass', 'pass', 'close', 'settle', 'settle', 'crash', 'read'],
  ...['request', 'request', 'request', 'review', 'takeBack', 'giveUp', 'giveUp', 'withdraw'],
  ...['start', 'start', 'start', 'send', 'send', 'send', 'hear', 'hear', 'hear'],
] as const;

export type Step = {
  readonly kind: string;
  readonly process: number;
  readonly who: number;
  /** 0 to 60, both: whatever the step makes of them. */
  readonly size: number;
  readonly other: number;
};

const gift = (world: World, creator: Creator, size: number): void => {
  const coins = 1 + (size % 90);
  const rate = size % 2 === 0 ? 1_000 : 999;
  const millidiamonds = coins * rate;
  const who = { combo: 'c', viewer: 'v', live: 'l', creator, gift: 'g', booked: 1, count: 1 };
  const cost = { coins, millidiamonds, unitCoins: coins, rate, at: world.now(), after: { balance: 0 } };
  world.write({ type: 'GiftSent', data: { ...who, ...cost } });
};

/** Settles the next day, for as many creators as the process lives to. */
const settle = (world: World, process: number, lives: number): void => {
  const known = world.read[process]!.settlement.is;
  const [day] = unsettledDays(known);
  if (day === undefined) return;
  const earned = world.foldDay(day);
  for (const [done, each] of earned.entries()) {
    if (done >= lives) return;
    const creator = each.creator as Creator;
    const { earnings } = world.read[process]!.earnings[creator];
    world.append(process, creator, settleDiamonds(each, world.now(), earnings, known));
    // Whoever lost a race decides again.
    const again = world.read[process]!.earnings[creator].earnings;
    const second = settleDiamonds(each, world.now(), again, known);
    expect(second.refused).toBe(false);
    world.append(process, creator, second);
  }
  const sums = earned.reduce((sum, each) => sum + each.millidiamonds, 0n);
  const numbers = { gifts: 0, coins: '0', millidiamonds: String(sums), creators: earned.length };
  world.appendSettlement(process, finishDay({ day, ...numbers, now: world.now() }, known));
};

const request = (world: World, { process, size, other }: Step, creator: Creator): void => {
  const { earnings, settlement } = world.read[process]!;
  const terms = { settlement: settlement.is, standing: goodStanding, rates: world.rates(), policy };
  const command = { creator, by: creator, diamonds: 5 + size, currency: 'USD', now: world.now() };
  const named = { redemption: world.newId(), key: `k${other % 12}` };
  world.append(
    process,
    creator,
    requestRedemption({ ...command, ...named }, earnings[creator].earnings, terms),
  );
};

/** What the provider does with a call: by the same key it pays once, for as long as it remembers it. */
const send = (world: World, size: number, other: number): void => {
  const call = world.calls.splice(size % Math.max(1, world.calls.length), 1)[0];
  if (call === undefined) return;
  const { creator, redemption, process } = call;
  const known = world.read[process]!.earnings[creator].earnings.redemptions.get(redemption);
  if (known === undefined || !maySend(known, world.now())) return;
  const { key } = known.payout!;
  const remembered = world.ledger.some((sent) => sent.key === key && world.now() < sent.at + memoryMs);
  if (remembered) return;
  const fate = (['paid', 'paid', 'failed', 'returned'] as const)[other % 4]!;
  world.ledger.push({ key, at: world.now(), net: BigInt(known.quote.net), fate });
  const of = { creator, redemption, now: 0 };
  world.told.push({ ...of, outcome: 'sent', reference: key });
  if (fate === 'failed') world.told.push({ ...of, outcome: 'failed', reason: 'no' });
  else world.told.push({ ...of, outcome: 'paid', reference: key });
  if (fate === 'returned') world.told.push({ ...of, outcome: 'returned', reason: 'unclaimed' });
};

/** A process is told something by the provider; nothing that it is told contradicts the log. */
export const hear = (world: World, process: number, told: Outcome): void => {
  const creator = told.creator as Creator;
  const decision = bookOutcome(
    { ...told, now: world.now() },
    world.read[process]!.earnings[creator].earnings,
  );
  world.append(process, creator, decision);
  expect(decision.refused && decision.refusal === 'payout_contradicts_log').toBe(false);
};

/** One of the creator's redemptions that the process knows. */
const pick = (earnings: Earnings, size: number): string => {
  const ids = [...earnings.redemptions.keys()];
  return ids[size % Math.max(1, ids.length)] ?? 'none';
};

const start = (world: World, { process, size }: Step, creator: Creator): void => {
  const { earnings } = world.read[process]!.earnings[creator];
  const redemption = pick(earnings, size);
  const decision = startPayout({ creator, redemption, now: world.now() }, earnings, goodStanding);
  if (!world.append(process, creator, decision)) return;
  const { startedAt } = world.truth[creator].earnings.redemptions.get(redemption)!.payout!;
  world.calls.push({ process, creator, redemption, startedAt });
};

/** Takes back a start whose call was made, and certainly paid nothing. */
const withdraw = (world: World, { process, size }: Step): void => {
  const own = world.calls.filter((call) => call.process === process);
  const call = own[size % Math.max(1, own.length)];
  if (call === undefined) return;
  world.calls.splice(world.calls.indexOf(call), 1);
  const { creator, redemption, startedAt } = call;
  const back = { ...{ creator, redemption, startedAt, reason: 'it is down', soleMs }, now: world.now() };
  const { earnings } = world.read[process]!.earnings[creator];
  const decision = withdrawPayout({ ...back, sinceStartMs: world.now() - startedAt }, earnings);
  world.append(process, creator, decision);
};

/** Looks a payout up in a complete list of the provider's, which does not hold calls still to be made. */
const giveUp = (world: World, { process, size }: Step, creator: Creator): void => {
  const { earnings } = world.read[process]!.earnings[creator];
  const redemption = pick(earnings, size);
  const key = earnings.redemptions.get(redemption)?.payout?.key;
  if (world.ledger.some((sent) => sent.key === key)) return;
  const missed = { creator, redemption, reason: 'not listed', memoryMs, marginMs, now: world.now() };
  world.append(process, creator, giveUpPayout(missed, earnings));
};

const review = (world: World, { kind, process, size, other }: Step, creator: Creator): void => {
  const { earnings } = world.read[process]!.earnings[creator];
  const on = { creator, redemption: pick(earnings, size), by: 'olga', now: world.now(), reason: 'why' };
  if (kind === 'review') world.append(process, creator, approveRedemption(on, earnings, goodStanding));
  else if (other % 2 === 0) world.append(process, creator, cancelRedemption(on, earnings));
  else world.append(process, creator, turnDownRedemption(on, earnings));
};

const setRate = (world: World, { size, other }: Step): void => {
  const rate = { currency: 'USD', numerator: 1 + size, denominator: 1 + (other % 7) } as const;
  const decision = setMoneyRate({ ...rate, from: undefined, by: 'olga', now: world.now() });
  if (!decision.refused) world.setRate(decision.events[0]!);
};

const close = (world: World, { process, other }: Step): void => {
  const command = { holdDays: other % 4, graceMs: hour, now: world.now() };
  world.appendSettlement(process, closeDay(command, world.read[process]!.settlement.is));
};

/** The process dies with the calls it was about to make, and another reads all anew. */
const crash = (world: World, process: number): void => {
  world.calls = world.calls.filter((call) => call.process !== process);
  world.read[process] = { earnings: { ...world.truth }, settlement: world.settlement };
};

const hearAny = (world: World, { process, size }: Step): void => {
  const told = world.told[size % Math.max(1, world.told.length)];
  if (told) hear(world, process, told);
};

/** Does what the step says, as far as it can be done. */
export const take = (world: World, step: Step): void => {
  const { process, size, other } = step;
  const creator = creators[step.who]!;
  switch (step.kind) {
    case 'gift':
      return gift(world, creator, size * 7);
    case 'rate':
      return setRate(world, step);
    case 'pass':
      return world.pass(other % 3 === 0 ? 9 * 24 * hour : 20 * hour);
    case 'close':
      return close(world, step);
    case 'settle':
      return settle(world, process, other % 5);
    case 'request':
      return request(world, step, creator);
    case 'start':
      return start(world, step, creator);
    case 'send':
      return send(world, size, other);
    case 'hear':
      return hearAny(world, step);
    case 'giveUp':
      return giveUp(world, step, creator);
    case 'withdraw':
      return withdraw(world, step);
    case 'crash':
      return crash(world, process);
    case 'read':
      world.read[process]!.earnings = { ...world.truth };
      return;
    default:
      return review(world, step, creator);
  }
};

/** Both creators have earned, and much of it is available. */
export const beginWorld = (): World => {
  const world = createWorld();
  const step = { process: 0, who: 0, size: 60, other: 4 };
  const first = ['rate', ...Array.from({ length: 3 }, () => 'gift'), 'pass', 'close', 'settle'];
  for (const kind of first) take(world, { ...step, kind });
  for (const kind of first.filter((kind) => kind !== 'rate')) take(world, { ...step, kind, who: 1 });
  return world;
};
