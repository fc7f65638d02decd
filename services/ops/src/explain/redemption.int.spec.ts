import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCarat } from '../testing/run-carat.ts';
import { openLogs } from '../verify/testing/forged-log.ts';
import { at, beginEarnings } from '../verify/testing/written-earnings.ts';

const redemption = '019ac000-0000-7000-8000-000000000001';
const cancelled = '019ac000-0000-7000-8000-000000000002';

let logs: Awaited<ReturnType<typeof openLogs>>;
let env: Record<string, string>;
const ids: string[] = [];

/** The second redemption takes what the first gave back, and a bit of the next day. */
beforeAll(async () => {
  logs = await openLogs();
  const { log, earnings, send } = beginEarnings('cleo');
  send(2);
  send(1);
  earnings.closeAndSettle(0, 0);
  send(3);
  earnings.closeAndSettle(1, 0);
  earnings.request('cleo', cancelled, 4_000, 3);
  earnings.step('RedemptionPutInReview', cancelled, 3, { reasons: ['large'] });
  earnings.step('RedemptionCancelled', cancelled, 3, { by: 'cleo' });
  earnings.request('cleo', redemption, 20_001, 3);
  earnings.approve(redemption, 3);
  earnings.start(redemption, 3);
  earnings.pay(redemption, 4);
  ids.push(...log.events.map(({ id }) => id));
  env = { CARAT_EVENT_STORE: (await logs.forge(log.events)).url };
});
afterAll(() => logs.close());

const explain = async (...args: string[]) => {
  const { code, stdout, stderr } = await runCarat(['explain', 'redemption', ...args], env);
  return { code, stderr, lines: stdout.trimEnd().split('\n') };
};
const json = async (...args: string[]) => JSON.parse((await explain(...args, '--json')).lines.join('\n'));
const instant = (days: number): string => new Date(at(days)).toISOString().slice(0, 19).replace('T', ' ');
/** The nth event of the log, from 1, and where it stands. */
const placed = (n: number, place: string): string => `    @${n} event ${ids[n - 1]}, ${place}`;

describe('carat explain redemption', () => {
  it('goes from gifts to money, and names each event', async () => {
    const { code, stderr, lines } = await explain('cleo', redemption);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    const hash = /^ {4}hash [0-9a-f]{64}$/;
    expect(lines).toEqual([
      `Redemption ${redemption} of cleo,`,
      expect.stringMatching(/^ {4}as of position 21, /),
      '  PAID: 20001 diamonds for 95.00 USD',
      'Diamonds, first settled first redeemed: a way of counting, as they are alike',
      '  2026-06-10: 15000.000 of 15000.000 diamonds settled',
      placed(9, 'number 0 of earnings-cleo'),
      '    by 3 gifts for 15000 coins booked between the start of the log and @8',
      expect.stringMatching(hash),
      '  2026-06-11: 5001.000 of 15000.000 diamonds settled',
      placed(13, 'number 1 of earnings-cleo'),
      '    by 3 gifts for 15000 coins booked between @8 and @12',
      expect.stringMatching(hash),
      `Rate: 1/2 minor units of USD per diamond from ${instant(0)}`,
      placed(5, 'number 0 of rates'),
      'Money, as quoted when it was requested',
      '  gross     100.00 USD + 20/40 minor unit',
      '  fee       5.00 USD + 1/40 minor unit, that is 50 per mille',
      '  withheld  0.00 USD, that is 0 per mille',
      '  remainder 0.00 USD + 19/40 minor unit, which rounding down left',
      '  net       95.00 USD',
      'Paid to m1 at sandbox',
      `  key cleo/${redemption}`,
      `  reference p-${redemption}`,
      'What became of it',
      `  ${instant(3)} RedemptionRequested ${redemption}:`,
      '    20001 diamonds for 95.00 USD, by cleo',
      placed(18, 'number 5 of earnings-cleo'),
      `  ${instant(3)} RedemptionApproved ${redemption},`,
      '    by policy',
      placed(19, 'number 6 of earnings-cleo'),
      `  ${instant(3)} PayoutStarted ${redemption}, by`,
      '    sandbox',
      placed(20, 'number 7 of earnings-cleo'),
      `  ${instant(4)} PayoutPaid ${redemption}, as`,
      `    p-${redemption}`,
      placed(21, 'number 8 of earnings-cleo'),
    ]);
  });

  it('says the same as JSON, by id alone, by its key, and as of earlier', async () => {
    const told = await json(redemption);
    expect(told).toMatchObject({
      ...{ creator: 'cleo', redemption, status: 'paid', attribution: 'first settled, first redeemed' },
      days: [
        { day: '2026-06-10', taken: '15000000', settled: { position: '9', id: ids[8] } },
        { day: '2026-06-11', taken: '5001000', cutBefore: { position: '8' } },
      ],
      rateSet: { position: '5' },
    });
    expect(await json(`cleo/${redemption}`)).toEqual(told);
    expect(await json('cleo', redemption, '--at', '@19')).toMatchObject({ status: 'approved', payout: null });
  });

  it('lists the bookings of the days, as many as are asked for', async () => {
    const { lines } = await explain('cleo', redemption, '--gifts', '--limit', '1');
    const { days } = await json('cleo', redemption, '--gifts');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => line.includes(' x rose at 5000 = '))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('… and more: see --limit'))).toHaveLength(1);
    expect(days.map(({ gifts }: { gifts: { gifts: unknown[] } }) => gifts.gifts.length)).toEqual([2, 1]);
  });

  it('tells what was given back from where it went, and says where there is none', async () => {
    expect((await json('cleo', cancelled)).days).toMatchObject([{ day: '2026-06-10', taken: '4000000' }]);
    for (const args of [['bea', redemption], ['r9'], ['cleo', redemption, '--at', '@17']]) {
      const { code, stderr } = await explain(...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^There was no redemption .* as of position \d+/);
    }
    expect((await explain('a', 'b', 'c')).stderr).toMatch(/^A creator and a redemption are expected/);
  });
});
