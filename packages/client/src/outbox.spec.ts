import { type Claim, type Receipt, type Refusal, type RefusalCode, refuse } from '@carat/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaratRefusal } from './errors.ts';
import { defaultLimits } from './limits.ts';
import { Outbox, type Sending } from './outbox.ts';

const claimOf = (combo: string, count: number): Claim => ({ combo, live: 'l', gift: 'rose', count });

const receiptOf = (combo: string, count: number): Receipt => ({
  combo,
  count,
  coins: count,
  millidiamonds: count,
  balance: 0,
  position: '1',
  at: 0,
});

type Outcome = number | string;

/** An outbox whose waits are never shortened at random, and a record of what became of each promise. */
const open = (limits = {}, inFlight = 4) => {
  const outbox = new Outbox({ ...defaultLimits, ...limits }, () => 0);
  outbox.connected(inFlight);
  const outcomes: Outcome[] = [];
  const over: number[] = [];
  const ask = (claim: Claim, now = 0, merge = true): void => {
    const nth = outcomes.push('waits') - 1;
    outbox.add(
      claim,
      {
        count: claim.count,
        resolve: (receipt) => {
          outcomes[nth] = receipt.count;
        },
        reject: (error) => {
          outcomes[nth] = error instanceof CaratRefusal ? error.code : error.message.split(':')[0]!;
        },
        over: () => over.push(nth),
      },
      { merge, now },
    );
  };
  const sendAll = (now = 0): Sending[] => {
    const sent: Sending[] = [];
    for (let next = outbox.next(now); next; next = outbox.next(now)) sent.push(next);
    return sent;
  };
  return { outbox, outcomes, over, ask, sendAll };
};

const countsOf = (sent: Sending[]) => sent.map(({ claim }) => claim.count);

describe('what is sent', () => {
  it('is one claim per combo; what a builder adds meanwhile is merged to the highest count', () => {
    const { outbox, outcomes, ask, sendAll } = open();
    for (const count of [1, 2, 4, 3]) ask(claimOf('a', count));
    ask(claimOf('b', 1));
    const [a, b] = sendAll();
    expect([a?.claim, b?.claim]).toEqual([claimOf('a', 4), claimOf('b', 1)]);
    ask(claimOf('a', 5));
    ask(claimOf('a', 6));
    expect(sendAll()).toEqual([]);
    outbox.answered(a!, receiptOf('a', 4), 0);
    expect(countsOf(sendAll())).toEqual([6]);
    expect(outcomes).toEqual([4, 4, 4, 4, 'waits', 'waits', 'waits']);
  });

  it('is merged with what came since where it was surely not booked, and else stays as it was', () => {
    const refused = (code: RefusalCode, merge: boolean) => {
      const { outbox, outcomes, ask, sendAll } = open();
      ask(claimOf('a', 1), 0, merge);
      const [first] = sendAll();
      ask(claimOf('a', 3), 0, merge);
      outbox.answered(first!, refuse(code, { retryAfterMs: 100 }), 0);
      ask(claimOf('a', 4), 50, merge);
      expect(sendAll(99)).toEqual([]);
      outbox.expire(100);
      const again = sendAll(100);
      outbox.answered(again[0]!, receiptOf('a', again[0]!.claim.count), 100);
      return [countsOf(again), outcomes];
    };
    expect(refused('too_many_claims', true)).toEqual([[4], [4, 4, 4]]);
    expect(refused('overloaded', true)).toEqual([[4], [4, 4, 4]]);
    expect(refused('outcome_unknown', true)).toEqual([[1], [1, 'waits', 'waits']]);
    expect(refused('too_many_claims', false)).toEqual([[1], [1, 'waits', 'waits']]);
  });

  it('is never merged where it is a raw claim, nor where the gift is another', () => {
    const { outbox, ask, sendAll } = open();
    ask(claimOf('a', 2), 0, false);
    ask(claimOf('a', 1), 0, false);
    ask(claimOf('a', 3), 0, true);
    ask({ ...claimOf('a', 4), gift: 'other' }, 0, true);
    const sent: number[] = [];
    for (let [next] = sendAll(); next; [next] = sendAll()) {
      sent.push(next.claim.count);
      outbox.answered(next, receiptOf('a', next.claim.count), 0);
    }
    expect(sent).toEqual([2, 1, 3, 4]);
  });

  it('settles what was merged behind it when the receipt covers that too', () => {
    const { outbox, outcomes, ask, sendAll } = open();
    ask(claimOf('a', 9));
    const [sent] = sendAll();
    ask(claimOf('a', 5));
    outbox.answered(sent!, receiptOf('a', 9), 0);
    expect(outcomes).toEqual([9, 9]);
    expect(sendAll()).toEqual([]);
    expect(outbox.awaited).toBe(0);
  });

  it('keeps wallets apart that use the same combo id', () => {
    const { ask, sendAll } = open();
    ask({ ...claimOf('a', 1), viewer: 'v' });
    ask({ ...claimOf('a', 1), viewer: 'w' });
    expect(sendAll()).toHaveLength(2);
  });
});

describe('what is sent again', () => {
  it('is the very same claim after a disconnect, before what was merged behind it', () => {
    const { outbox, outcomes, ask, sendAll } = open();
    ask(claimOf('a', 1));
    const [lost] = sendAll();
    ask(claimOf('a', 2));
    outbox.disconnected(5);
    expect(sendAll(5)).toEqual([]);
    outbox.connected(4);
    const [again] = sendAll(6);
    expect(again?.claim).toEqual(claimOf('a', 1));
    outbox.answered(lost!, receiptOf('a', 1), 7);
    expect(sendAll(7)).toEqual([]);
    expect(outcomes).toEqual(['waits', 'waits']);
    outbox.answered(again!, receiptOf('a', 1), 8);
    expect(countsOf(sendAll(8))).toEqual([2]);
  });

  it('waits as long as the refusal says, or longer each time where it does not say', () => {
    const { outbox, ask, sendAll } = open({ firstRetryMs: 100, longestRetryMs: 250 });
    ask(claimOf('a', 1));
    let now = 0;
    const waits: number[] = [];
    for (const retryAfterMs of [40, undefined, undefined, undefined]) {
      const [sent] = sendAll(now);
      outbox.answered(sent!, refuse('overloaded', retryAfterMs ? { retryAfterMs } : {}), now);
      expect(sendAll(now)).toEqual([]);
      waits.push(outbox.dueAt - now);
      now = outbox.dueAt;
      outbox.expire(now);
    }
    expect(waits).toEqual([40, 200, 250, 250]);
  });

  it('keeps its place in flight when it goes unanswered, until only a new connection helps', () => {
    const { outbox, outcomes, ask, sendAll } = open({ answerTimeoutMs: 100, firstRetryMs: 10 }, 2);
    ask(claimOf('a', 1));
    const [first] = sendAll();
    outbox.expire(100);
    outbox.expire(110);
    expect(countsOf(sendAll(110))).toEqual([1]);
    expect(outbox.stuck).toBe(false);
    outbox.expire(210);
    outbox.expire(240);
    expect(sendAll(240)).toEqual([]);
    expect(outbox.stuck).toBe(true);
    outbox.answered(first!, receiptOf('a', 1), 241);
    expect(outcomes).toEqual([1]);
    expect(outbox.awaited).toBe(0);
  });

  it('holds up nothing behind it once its answer came late', () => {
    const { outbox, outcomes, ask, sendAll } = open({ answerTimeoutMs: 100, firstRetryMs: 50 });
    ask(claimOf('a', 2), 0, false);
    ask(claimOf('a', 1), 0, false);
    const [late] = sendAll();
    outbox.expire(100);
    expect(sendAll(101)).toEqual([]);
    outbox.answered(late!, receiptOf('a', 2), 102);
    expect(countsOf(sendAll(102))).toEqual([1]);
    expect(outcomes).toEqual([2, 'waits']);
  });

  it('is given up when its time is up, waiting offline or for a retry', () => {
    const { outbox, outcomes, over, ask, sendAll } = open({ giveUpAfterMs: 1_000 });
    ask(claimOf('a', 1));
    const [sent] = sendAll();
    outbox.answered(sent!, refuse('overloaded', { retryAfterMs: 2_000 }), 10);
    expect(outcomes).toEqual(['gave_up']);
    outbox.disconnected(10);
    ask(claimOf('b', 1), 20);
    ask(claimOf('b', 2), 30);
    ask(claimOf('c', 1), 500, false);
    outbox.expire(1_020);
    expect(outcomes).toEqual(['gave_up', 'gave_up', 'gave_up', 'waits']);
    expect(over).toEqual([0, 1, 2]);
    expect(outbox.dueAt).toBe(1_500);
  });
});

describe('a final refusal', () => {
  const answer = (refused: RefusalCode, more: Partial<Refusal> = {}) => {
    const opened = open();
    opened.ask(claimOf('a', 5));
    opened.ask(claimOf('a', 7));
    opened.ask(claimOf('a', 9));
    const [sent] = opened.sendAll();
    opened.ask(claimOf('a', 11));
    opened.outbox.answered(sent!, refuse(refused, more), 0);
    return opened;
  };

  it('rejects all that was merged, and ends the combo', () => {
    const { outcomes, over, sendAll, outbox } = answer('live_ended');
    expect(outcomes).toEqual(Array(4).fill('live_ended'));
    expect(over.sort()).toEqual([0, 1, 2, 3]);
    expect([sendAll(), outbox.awaited]).toEqual([[], 0]);
  });

  it('for want of coins claims what was asked for and can be paid, then rejects the rest', () => {
    const { outbox, outcomes, over, sendAll } = answer('wallet_has_too_few_coins', { affordable: 8 });
    expect(outcomes.slice(0, 3)).toEqual(['waits', 'waits', 'waits']);
    expect(over.sort()).toEqual([0, 1, 2, 3]);
    const [payable] = sendAll();
    expect(payable?.claim.count).toBe(7);
    outbox.answered(payable!, receiptOf('a', 7), 0);
    expect(outcomes).toEqual([7, 7, 'wallet_has_too_few_coins', 'wallet_has_too_few_coins']);
    expect([sendAll(), outbox.awaited]).toEqual([[], 0]);
  });

  it('goes down again where the wallet can meanwhile pay for less, and ends', () => {
    const { outbox, outcomes, sendAll } = answer('wallet_has_too_few_coins', { affordable: 8 });
    const [seven] = sendAll();
    outbox.answered(seven!, refuse('wallet_has_too_few_coins', { affordable: 5 }), 0);
    const [five] = sendAll();
    expect(five?.claim.count).toBe(5);
    outbox.answered(five!, refuse('live_ended'), 0);
    expect(outcomes).toEqual(['live_ended', ...Array(3).fill('wallet_has_too_few_coins')]);
    expect([sendAll(), outbox.awaited]).toEqual([[], 0]);
  });

  it('books nothing that nobody asked for', () => {
    const { outcomes, sendAll } = answer('wallet_has_too_few_coins', { affordable: 4 });
    expect(outcomes).toEqual(Array(4).fill('wallet_has_too_few_coins'));
    expect(sendAll()).toEqual([]);
  });
});

describe('bounds', () => {
  it('hold for promises and combos, and are freed by answers', () => {
    const { outbox, ask, sendAll } = open({ answersAwaited: 3, combosWaiting: 2 });
    ask(claimOf('a', 1));
    ask(claimOf('b', 1));
    expect(() => ask(claimOf('c', 1))).toThrow('outbox_full');
    ask(claimOf('a', 2));
    expect(() => ask(claimOf('a', 3))).toThrow('outbox_full');
    for (const sent of sendAll()) outbox.answered(sent, receiptOf(sent.claim.combo, sent.claim.count), 0);
    expect(outbox.awaited).toBe(0);
    ask(claimOf('c', 1));
    ask(claimOf('d', 1));
  });

  it('are those of the gateway or of the client, whichever is lower', () => {
    const { outbox, ask, sendAll } = open({ claimsInFlight: 3 }, 100);
    for (const combo of ['a', 'b', 'c', 'd', 'e']) ask(claimOf(combo, 1));
    expect(sendAll()).toHaveLength(3);
    outbox.disconnected(0);
    outbox.connected(2);
    expect(sendAll()).toHaveLength(2);
  });

  it('closing answers everything', () => {
    const { outbox, outcomes, ask, sendAll } = open();
    ask(claimOf('a', 1));
    ask(claimOf('b', 1), 0, false);
    const sent = sendAll();
    ask(claimOf('a', 2));
    outbox.close(new Error('closed'));
    outbox.answered(sent[0]!, receiptOf('a', 1), 0);
    expect(outcomes).toEqual(['closed', 'closed', 'closed']);
    expect([outbox.awaited, outbox.dueAt]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});

describe('whatever happens', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), combo: fc.nat(2), more: fc.nat(3), merge: fc.boolean() }),
    fc.record({
      do: fc.constantFrom('book' as const, 'lose' as const, 'overloaded' as const),
      nth: fc.nat(5),
    }),
    fc.record({ do: fc.constant('cut' as const) }),
    fc.record({ do: fc.constant('wait' as const) }),
  );

  it('every promise is answered once booked, within the bounds, and nothing unasked is sent', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { outbox, outcomes, ask, sendAll } = open({ answerTimeoutMs: 50, giveUpAfterMs: 1e9 }, 2);
        const asked: Claim[] = [];
        const booked = new Map<string, number>();
        const flying: Sending[] = [];
        let now = 0;
        const send = (): void => {
          flying.push(...sendAll(now));
          expect(flying.length).toBeLessThanOrEqual(2);
          for (const { claim } of flying) expect(asked).toContainEqual(claim);
        };
        const book = (sending: Sending): void => {
          const { combo, count } = sending.claim;
          booked.set(combo, Math.max(booked.get(combo) ?? 0, count));
          outbox.answered(sending, receiptOf(combo, booked.get(combo)!), now);
        };
        const cut = (): void => {
          flying.length = 0;
          outbox.disconnected(now);
          outbox.connected(2);
        };
        for (const next of steps) {
          now += 10;
          if (next.do === 'ask') {
            const claim = claimOf(String(next.combo), next.more + 1);
            asked.push(claim);
            ask(claim, now, next.merge);
          } else if (next.do === 'cut') cut();
          else if (next.do === 'wait') now += 100;
          else {
            const [sending] = flying.splice(next.nth % Math.max(1, flying.length), 1);
            if (sending && next.do === 'book') book(sending);
            else if (sending) outbox.answered(sending, refuse('overloaded', { retryAfterMs: 30 }), now);
          }
          if (outbox.dueAt <= now) outbox.expire(now);
          send();
        }
        cut();
        for (let round = 0; outbox.awaited > 0 && round < 500; round += 1) {
          now = Math.max(now + 1, Math.min(outbox.dueAt, now + 10_000));
          outbox.expire(now);
          send();
          for (const sending of flying.splice(0)) book(sending);
        }
        outcomes.forEach((outcome, nth) => {
          expect(outcome).toBeGreaterThanOrEqual(asked[nth]!.count);
        });
        for (const { combo } of asked) {
          const most = Math.max(...asked.filter((claim) => claim.combo === combo).map(({ count }) => count));
          expect(booked.get(combo)).toBe(most);
        }
      }),
      { numRuns: 300 },
    );
  });
});
