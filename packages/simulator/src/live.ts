import { type Delivery, deliveriesOf } from './feed.ts';
import { type Gaps, gapsOf } from './gaps.ts';
import type { Frame, Gift, GiftLogHeader } from './gift-log.ts';
import type { Faults } from './habits.ts';
import { type LiveOptions, type LivePlan, planOf } from './options.ts';
import { giftsById } from './parse.ts';
import { queue } from './queue.ts';
import { randomFor } from './random.ts';
import { replaysOf } from './replays.ts';
import { type Send, sendsOf } from './sends.ts';
import type { Totals } from './totals.ts';
import { type Truth, truth } from './truth.ts';

/** A whole simulated live in memory; `truth` is what its viewers meant to give. */
export interface SimulatedLive {
  readonly header: GiftLogHeader;
  readonly frames: readonly Frame[];
  readonly truth: Totals;
}

/** A live that is made while it is read, in bounded memory: what is under way, and one number per viewer. */
export interface RunningLive {
  readonly header: GiftLogHeader;
  /** In the order of arrival. To be read once. */
  readonly frames: Generator<Frame, void, void>;
  /**
   * What the combos whose highest frame has been delivered come to: after the last frame, exactly what the
   * frames imply, and never more before it (the rest belongs to combos still running).
   */
  truth(): Totals;
  /** No further send begins; those under way are still delivered, then `frames` ends. */
  stop(): void;
}

/** Simulates a whole live. Throws RangeError for options that make no sense. */
export const simulateLive = (options: LiveOptions): SimulatedLive => {
  if (options.durationMs === Number.POSITIVE_INFINITY) {
    throw new RangeError('An endless live has no whole, run it with runLive.');
  }
  const live = runLive(options);
  const frames = [...live.frames];
  return { header: live.header, frames, truth: live.truth() };
};

/** Begins a live, endless if `durationMs` is Infinity. Throws RangeError for options that make no sense. */
export const runLive = (options: LiveOptions): RunningLive => {
  const plan = planOf(options);
  const meant = truth();
  let stopped = false;
  return {
    header: headerOf(plan),
    frames: framesOf(plan, meant, () => stopped),
    truth: meant.totals,
    stop: () => {
      stopped = true;
    },
  };
};

const headerOf = ({ live, creator, startedAt, seed, catalogue }: LivePlan): GiftLogHeader => ({
  giftLog: 1,
  live,
  creator,
  startedAt,
  source: `simulated, seed ${seed}`,
  gifts: catalogue,
});

/**
 * Sends enter the queue when they begin, leave it frame by frame as these arrive; replayed pages come in
 * between.
 */
function* framesOf(plan: LivePlan, meant: Truth, isStopped: () => boolean): Generator<Frame, void, void> {
  const { seed, faults } = plan;
  const chance = randomFor(seed, 'feed');
  const gaps = gapsOf(faults.gapsPerHour, randomFor(seed, 'gaps'));
  const replays = replaysOf(faults.replaysPerHour, faults.mostReplays, randomFor(seed, 'replays'));
  const underWay = queue<Delivery>();
  const sends = sendsOf(plan);
  const nextSend = (): Send | undefined => {
    const send = sends.next().value as Send;
    return beginOf(send) < plan.durationMs ? send : undefined;
  };
  const frameOut = (frame: Frame, { coins }: Gift): Frame => {
    meant.delivered(frame.count, coins);
    return frame;
  };
  const gifts = giftsById(plan.catalogue);
  for (let next = nextSend(); ; ) {
    if (isStopped()) next = undefined;
    while (next && beginOf(next) <= underWay.nextDue()) {
      for (const delivery of throughGaps(deliveriesOf(next, faults, chance), gaps)) {
        underWay.push(delivery.arrives, delivery);
      }
      next = nextSend();
    }
    const now = underWay.nextDue();
    const delivery = underWay.pop();
    if (!delivery) return;
    while (replays.nextDue() <= now) {
      const at = replays.nextDue();
      const page = replays.takePage();
      if (gaps.arrivalAfter(at) !== undefined) continue;
      for (const frame of page) yield frameOut(again(frame, at, faults), gifts.get(frame.gift)!);
    }
    gaps.forgetBefore(now);
    const frame = frameOf(delivery, faults);
    replays.saw(frame);
    if (delivery.completes) meant.given(delivery.send);
    yield frameOut(frame, delivery.send.gift);
  }
}

const beginOf = ({ taps }: Send): number => taps[0]!.at;

/**
 * What falls into a gap is lost, but for the frame that completes its send: that one comes when the feed is
 * back.
 */
function* throughGaps(deliveries: readonly Delivery[], gaps: Gaps): Generator<Delivery> {
  for (const delivery of deliveries) {
    const arrives = gaps.arrivalAfter(delivery.arrives);
    if (arrives === undefined) yield delivery;
    else if (delivery.completes) yield { ...delivery, arrives };
  }
}

const frameOf = ({ send, count, at, arrives }: Delivery, faults: Faults): Frame => ({
  t: clockOf(faults.sendersClock ? at : arrives, faults),
  viewer: send.viewer,
  gift: send.gift.id,
  combo: send.combo,
  count,
});

const again = (frame: Frame, at: number, faults: Faults): Frame =>
  faults.sendersClock ? frame : { ...frame, t: clockOf(at, faults) };

const clockOf = (ms: number, { coarseClock }: Faults): number =>
  coarseClock ? Math.floor(ms / 1_000) * 1_000 : ms;
