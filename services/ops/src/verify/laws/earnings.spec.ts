import type { JsonObject, StoredEvent } from '@carat/event-store';
import { describe, expect, it } from 'vitest';
import { createDifferences } from '../../outcome.ts';
import { at, dayAfter, type WrittenEarnings, writeEarnings } from '../testing/written-earnings.ts';
import { type WrittenLog, writeLog } from '../testing/written-log.ts';
import { createLaws } from './laws.ts';

const check = (events: readonly StoredEvent[]) => {
  const differences = createDifferences(50);
  const cuts = events.filter(({ type }) => type === 'DayClosed').map(({ data }) => data.day as string);
  const laws = createLaws(differences, cuts);
  for (const event of events) laws.see(event);
  const { earnings } = laws.finish();
  return { differences: differences.lines(), earnings };
};

/** Ann and Bea have earned 30,000 and 2,000 diamonds, of which all but 500 of Bea's are settled. */
const begin = () => {
  const log = writeLog();
  log.list('rose', 5);
  log.list('castle', 5_000);
  log.start('gala', 'ann');
  log.start('show', 'bea');
  log.grant('vera', 100_000);
  const earnings = writeEarnings(log);
  earnings.setRate();
  const send = (live: string, creator: string, gift: string, unitCoins: number, booked: number) =>
    log.send({ viewer: 'vera', live, creator, gift, unitCoins, booked });
  send('gala', 'ann', 'castle', 5_000, 4);
  earnings.closeAndSettle(0);
  send('show', 'bea', 'rose', 5, 300);
  send('gala', 'ann', 'castle', 5_000, 2);
  earnings.closeAndSettle(1);
  send('show', 'bea', 'rose', 5, 100);
  return { log, earnings };
};

/** Ann's redemptions have come to every end that there is. */
const goodLog = (): readonly StoredEvent[] => {
  const { log, earnings } = begin();
  earnings.close(8);
  earnings.request('ann', 'r1', 5_000, 9);
  earnings.approve('r1', 9);
  earnings.start('r1', 9);
  earnings.send('r1', 9);
  earnings.pay('r1', 10);
  earnings.request('ann', 'r2', 15_000, 10);
  earnings.step('RedemptionPutInReview', 'r2', 10, { reasons: ['large'] });
  earnings.step('RedemptionCancelled', 'r2', 10, { by: 'ann' });
  earnings.request('ann', 'r3', 10_000, 11);
  earnings.approve('r3', 11);
  earnings.start('r3', 11);
  earnings.end('PayoutNotMade', 'r3', 13);
  earnings.start('r3', 13);
  earnings.pay('r3', 13);
  earnings.end('PayoutReturned', 'r3', 14);
  earnings.request('ann', 'r4', 7_000, 14);
  earnings.approve('r4', 14);
  earnings.start('r4', 14);
  return log.events;
};

/** A log with the data of an event changed: the nth of its type. */
const tampered = (type: string, nth: number, change: JsonObject): readonly StoredEvent[] => {
  const events = goodLog();
  const found = events.filter((event) => event.type === type)[nth]!;
  return events.map((event) => (event === found ? { ...event, data: { ...event.data, ...change } } : event));
};
const quoteOfFirst = (change: JsonObject): JsonObject => {
  const { data } = goodLog().find(({ type }) => type === 'RedemptionRequested')!;
  return { quote: { ...(data.quote as JsonObject), ...change } };
};

describe('the laws of earnings', () => {
  it('finds nothing wrong with a good log, and adds it up', () => {
    const { differences, earnings } = check(goodLog());
    expect(differences).toEqual([]);
    expect(earnings).toEqual({
      // 20,000 of Ann's became available; her second day and Bea's are held, as day 8 was closed.
      diamonds: {
        pending: '500000',
        held: '0',
        available: '19500000',
        onTheWay: '7000000',
        paid: '5000000',
      },
      closedThrough: dayAfter(8),
      settledThrough: dayAfter(1),
      redemptions: 4,
      money: [{ currency: 'USD', sent: '5700', inFlight: '3325', paid: '2375' }],
    });
  });

  it('holds diamonds until a day closes that is late enough by its own hold', () => {
    const { log, earnings } = begin();
    expect(check(log.events).earnings.diamonds).toMatchObject({ held: '31500000', available: '0' });
    earnings.close(7);
    expect(check(log.events).earnings.diamonds).toMatchObject({ held: '11500000', available: '20000000' });
    earnings.close(8, 3_650);
    expect(check(log.events).earnings.diamonds).toMatchObject({ held: '11500000', available: '20000000' });
    expect(check(log.events).differences).toEqual([]);
  });

  it('takes a day that is settled in part for what it is', () => {
    const { log, earnings } = begin();
    const [bea] = earnings.close(2);
    log.send({ viewer: 'vera', live: 'show', creator: 'bea' });
    expect(check(log.events)).toMatchObject({
      differences: [],
      earnings: { diamonds: { pending: '505000' } },
    });
    earnings.settle(bea!, 3);
    expect(check(log.events)).toMatchObject({ differences: [], earnings: { diamonds: { pending: '5000' } } });
  });

  it.each([
    ['the gifts of a day', 'DiamondsSettled', 0, { gifts: 5 }, /ann earned 4 gifts, .* not 5 gifts/],
    ['the diamonds of a day', 'DiamondsSettled', 1, { millidiamonds: '1' }, /bea earned .* not .* 1 millid/],
    ['the hash of a day', 'DiamondsSettled', 2, { hash: 'ab' }, /its hash is not that of the gifts of/],
    ['whose day it is', 'DiamondsSettled', 0, { creator: 'bea' }, /it names the creator bea/],
    ['which day it is', 'DiamondsSettled', 2, { day: dayAfter(0) }, /not closed, or was said to be settled/],
    ['when it was settled', 'DiamondsSettled', 2, { at: at(0) }, /lies before that of the event before it/],
    ['a sum of a day', 'DaySettled', 1, { creators: 3 }, /the creators of 2026-06-11 are 2, not 3/],
    ['the coins of a day', 'DaySettled', 0, { coins: '1' }, /the coins of 2026-06-10 are 20000, not 1/],
    [
      'the day that is settled',
      'DaySettled',
      0,
      { day: dayAfter(1) },
      /next day to be settled is 2026-06-10/,
    ],
    ['the day that is closed', 'DayClosed', 1, { day: dayAfter(0) }, /2026-06-10 does not come after/],
    [
      'the day before it',
      'DayClosed',
      1,
      { previous: null },
      /it follows no day, but 2026-06-10 was closed last/,
    ],
    ['when it was closed', 'DayClosed', 0, { at: at(0) }, /the day 2026-06-10 is not over at/],
    ['how long it is held', 'DayClosed', 1, { holdDays: -1 }, /it is held for -1 days/],
    [
      'how long it is held, beyond all',
      'DayClosed',
      1,
      { holdDays: 2 ** 52 },
      /held for 4503599627370496 days/,
    ],
    ['a day that is none', 'DayClosed', 1, { day: '2026-99-99' }, /its day is no day/],
    ['a rate', 'MoneyRateSet', 0, { denominator: 3 }, /a diamond was not worth 1\/2 USD then/],
    ['a rate, for the past', 'MoneyRateSet', 0, { from: at(-1) }, /it begins at \d+, before it was set at/],
    ['since when it is', 'MoneyRateSet', 0, { from: at(10) }, /a diamond was not worth 1\/2 USD then/],
    ['what is asked for', 'RedemptionRequested', 0, quoteOfFirst({ diamonds: 4_999 }), /at its rate are not/],
    ['what is paid', 'RedemptionRequested', 0, quoteOfFirst({ net: '2376' }), /its lines do not add up/],
    ['the remainder', 'RedemptionRequested', 0, quoteOfFirst({ remainder: '1' }), /do not add up/],
    ['the fee', 'RedemptionRequested', 0, quoteOfFirst({ feePerMille: 40 }), /its fee is not 125\/1/],
    ['the tax', 'RedemptionRequested', 0, quoteOfFirst({ withheld: '1' }), /what is withheld is not 1\/1/],
    ['a charge', 'RedemptionRequested', 0, quoteOfFirst({ feeMinor: -1 }), /less than nothing, or more/],
    ['a quote', 'RedemptionRequested', 0, quoteOfFirst({ net: 2375 }), /its quote is no quote/],
    ['a key', 'RedemptionRequested', 1, { key: 'key-r1' }, /requested something by the key key-r1 before/],
    ['which it is', 'RedemptionRequested', 1, { redemption: 'r1' }, /the redemption r1 was requested before/],
    ['what is paid out', 'PayoutSent', 0, { redemption: 'r9' }, /the redemption r9 was never requested/],
    ['the key of a payout', 'PayoutStarted', 0, { key: 'bea/r1' }, /its key is bea\/r1, by which another/],
    ['who pays', 'PayoutStarted', 0, { provider: 'paypal' }, /paypal is to pay, but sandbox was asked for/],
    ['a reference', 'PayoutPaid', 0, { reference: 'p-x' }, /was called p-r1, now it is p-x/],
    ['whose payout it is', 'PayoutPaid', 1, { reference: 'p-r1' }, /p-r1 is that of the redemption ann\/r1/],
    ['when it was given up', 'PayoutNotMade', 0, { at: at(11) + 120_000 }, /given up 120000 ms after/],
    ['whose earnings these are', 'PayoutPaid', 0, { creator: 'bea' }, /it names the creator bea/],
  ])('finds %s that was changed', (_, type, nth, change, said) => {
    const { differences } = check(tampered(type, nth, change));
    expect(differences.join('\n')).toMatch(said);
  });

  it('takes a start that was taken back while nobody else called, and other names of the list', () => {
    const takenBack = tampered('PayoutNotMade', 0, { at: at(11) + 119_999 });
    expect(check(takenBack).differences).toEqual([]);
    const listed = tampered('PayoutPaid', 0, { reference: 'list-7', referenceFrom: 'list' });
    expect(check(listed).differences).toEqual([]);
  });

  it('names the event that is wrong, and where it stands', () => {
    expect(check(tampered('DiamondsSettled', 0, { hash: 'ab' })).differences).toEqual([
      'DiamondsSettled 0 of earnings-ann at position 10: its hash is not that of the gifts of 2026-06-10.',
    ]);
  });
});

describe('law 5, of diamonds', () => {
  it('says once of whom diamonds are missing, and where that first showed', () => {
    const { differences } = check(tampered('DiamondsSettled', 0, { millidiamonds: '19000000' }));
    expect(differences.filter((line) => line.includes('ann was awarded'))).toEqual([
      expect.stringMatching(
        /^DaySettled 1 of settlement at position 11: ann was awarded 20000000 millid.* 19000000 held, /,
      ),
    ]);
    expect(differences.at(-1)).toMatch(/^32000000 millidiamonds were awarded, but 500000 are pending, 0 /);
  });

  it('finds who was forgotten once a day is said to be settled', () => {
    const events = goodLog();
    const bea = events.find(({ stream, type }) => stream === 'earnings-bea' && type === 'DiamondsSettled')!;
    expect(check(events.filter((event) => event !== bea)).differences).toEqual([
      'DaySettled 3 of settlement at position 17: ' +
        '1500000 millidiamonds of bea were not settled in 2026-06-11.',
    ]);
  });

  it('finds a day that is settled twice for the same creator', () => {
    const { log, earnings } = begin();
    const [bea] = earnings.close(2);
    earnings.settle(bea!, 3);
    earnings.settle(bea!, 3);
    expect(check(log.events).differences[0]).toMatch(
      /: bea earned nothing in .*, or it was settled before\.$/,
    );
  });

  it('finds days that are settled in another order than they were closed', () => {
    const { log, earnings } = begin();
    const [first] = earnings.close(2);
    log.send({ viewer: 'vera', live: 'show', creator: 'bea' });
    const [second] = earnings.close(3);
    earnings.settle(second!, 4);
    earnings.settle(first!, 4);
    expect(check(log.events).differences).toEqual([
      expect.stringMatching(/: the later day 2026-06-13 was settled before\.$/),
    ]);
  });

  it('finds a balance below zero', () => {
    const { log, earnings } = begin();
    earnings.close(7);
    earnings.request('ann', 'r1', 20_001, 8);
    expect(check(log.events).differences).toEqual([
      expect.stringMatching(/: 20001 diamonds are redeemed, but 20000000 millidiamonds were available\.$/),
    ]);
  });
});

describe('law 5, of money', () => {
  /** A redemption that is approved and started, and what somebody wrote after it. */
  const after = (write: (earnings: WrittenEarnings, log: WrittenLog) => void): string[] => {
    const { log, earnings } = begin();
    earnings.close(8);
    earnings.request('ann', 'r1', 5_000, 9);
    earnings.approve('r1', 9);
    earnings.start('r1', 9);
    write(earnings, log);
    return check(log.events).differences;
  };

  it('finds a payout that was started twice: it may have been sent twice', () => {
    expect(after((earnings) => earnings.start('r1', 9))).toEqual([
      expect.stringMatching(
        /: the redemption r1 stands at PayoutStarted, which no PayoutStarted may follow\.$/,
      ),
      '4750 minor units of USD were sent, but 2375 are in flight and 0 paid.',
    ]);
  });

  it.each<[string, (earnings: WrittenEarnings) => void, RegExp]>([
    [
      'paid twice',
      (earnings) => {
        earnings.pay('r1', 9);
        earnings.pay('r1', 9);
      },
      /stands at PayoutPaid, which no PayoutPaid may follow/,
    ],
    [
      'paid after it failed',
      (earnings) => {
        earnings.end('PayoutFailed', 'r1', 9);
        earnings.pay('r1', 9);
      },
      /stands at PayoutFailed, which no PayoutPaid may follow/,
    ],
    [
      'cancelled while it is paid',
      ({ step }) => step('RedemptionCancelled', 'r1', 9),
      /no RedemptionCancelled/,
    ],
    ['approved again', (earnings) => earnings.approve('r1', 9), /which no RedemptionApproved may follow/],
  ])('finds a redemption that is %s', (_, write, said) => {
    expect(after((earnings) => write(earnings)).join('\n')).toMatch(said);
  });

  it('lets a payout be made after all that was given up', () => {
    const made = after((earnings) => {
      earnings.end('PayoutNotMade', 'r1', 10);
      earnings.send('r1', 10);
      earnings.pay('r1', 11);
    });
    expect(made).toEqual([]);
  });

  it('knows that a rate which was set just before a request may not have been read', () => {
    const set = (beforeMs: number) =>
      after((earnings) => {
        earnings.setRate(1, 4, at(9) - beforeMs);
        earnings.request('ann', 'r2', 5_000, 9);
      });
    expect(set(1_000)).toEqual([]);
    expect(set(61_000)).toEqual([expect.stringMatching(/: a diamond was not worth 1\/2 USD then\.$/)]);
    const corrected = after((earnings) => {
      earnings.setRate(1, 4, at(8));
      earnings.setRate(1, 2, at(9) - 2_000);
      earnings.setRate(1, 8, at(9) - 1_000);
      earnings.request('ann', 'r2', 5_000, 9);
    });
    expect(corrected).toEqual([]);
  });
});
