import { createHash } from 'node:crypto';
import { type Event, type Quote, quoteOf, type Statement, stateEarnings, streams } from '@carat/domain';
import { canonicalJson, type EventStore } from '@carat/event-store';
import { v4 } from 'uuid';
import { beforeEach, expect, it } from 'vitest';
import { createLog } from '../testing/log.ts';
import { statementCsv } from './statement-csv.ts';
import { statementPdf } from './statement-pdf.ts';
import { readStatement, statementJson } from './statements.ts';

let logs: Awaited<ReturnType<typeof createLog>>[];
beforeEach(() => {
  logs = [];
  return async () => {
    for (const log of logs) await log.remove();
  };
});
const openLog = async (): Promise<EventStore> => {
  const log = await createLog();
  logs.push(log);
  return log.open();
};

const append = async (store: EventStore, stream: string, ...events: Event[]): Promise<void> => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const expected = page.exists ? page.last : 'no_stream';
  const stored = events.map(({ type, data }) => ({ id: v4(), type, data }));
  expect(await store.append([{ stream, expected, events: stored }])).toMatchObject({ appended: true });
};

const close = async (store: EventStore, day: string, diamonds: number): Promise<void> => {
  const at = 1;
  await append(store, streams.settlement, {
    type: 'DayClosed',
    data: { day, previous: null, holdDays: 0, at },
  });
  const sums = { gifts: 1, coins: String(diamonds), millidiamonds: `${diamonds}007` };
  const data = { creator: 'ann', day, ...sums, hash: 'a'.repeat(64), at };
  await append(store, streams.earnings('ann'), { type: 'DiamondsSettled', data });
  const settled = { day, creators: 1, gifts: 1, coins: '1', millidiamonds: '1', at };
  await append(store, streams.settlement, { type: 'DaySettled', data: settled });
};

const rate = { currency: 'USD', numerator: 1, denominator: 3, from: 0 };
const quote = quoteOf(10_001, rate, { feeMinor: 25, feePerMille: 50, withholdingPerMille: 100 }) as Quote;

/** Redeems, and is paid; the last payout came back. */
const redeem = async (
  store: EventStore,
  redemption: string,
  ...ends: ('PayoutPaid' | 'PayoutReturned')[]
) => {
  const of = { creator: 'ann', redemption, at: 1 };
  const method = { provider: 'sandbox', reference: 'm1' };
  const asked = { ...of, key: redemption, quote, method, by: 'ann' };
  await append(store, streams.earnings('ann'), { type: 'RedemptionRequested', data: asked });
  for (const type of ends) {
    const told = { ...of, reference: 'p1', reason: 'closed account' };
    await append(store, streams.earnings('ann'), { type, data: told } as Event);
  }
};

/** November of Ann, with what came before and comes after. */
const live = async (store: EventStore): Promise<void> => {
  await close(store, '2026-10-31', 20_000);
  await redeem(store, 'r1', 'PayoutPaid');
  await close(store, '2026-11-15', 30_000);
  await redeem(store, 'r2', 'PayoutPaid', 'PayoutReturned');
  await close(store, '2026-11-30', 5_000);
  await redeem(store, 'r3', 'PayoutPaid');
};

/** What a copy of a log is: the same events, in order, elsewhere. */
const copy = async (from: EventStore, to: EventStore): Promise<void> => {
  await to.append([
    { stream: 'elsewhere', expected: 'no_stream', events: [{ id: v4(), type: 'Other', data: {} }] },
  ]);
  const { events } = await from.readAll({ limit: 1_000 });
  for (const { id, type, data, stream, revision } of events) {
    const expected = revision === 0 ? 'no_stream' : revision - 1;
    await to.append([{ stream, expected, events: [{ id, type, data }] }]);
  }
};

const bytesOf = async (store: EventStore, period: string): Promise<string[]> => {
  const statement = await readStatement(store, 'ann', period);
  return [
    statementJson(statement),
    statementCsv(statement),
    (await statementPdf(statement)).toString('latin1'),
  ];
};

it('adds up: what was there, came, went and came back is what is there', async () => {
  const store = await openLog();
  await live(store);
  const october = await readStatement(store, 'ann', '2026-10');
  const november = await readStatement(store, 'ann', '2026-11');
  expect(october.millidiamonds).toMatchObject({ opening: '0', closing: '20000007' });
  expect(november).toMatchObject({
    ...{ creator: 'ann', final: true, period: { from: '2026-11-01', to: '2026-11-30' } },
    millidiamonds: {
      ...{ opening: '20000007', earned: '35000014', redeemed: '20002000', returned: '10001000' },
      closing: '44999021',
    },
    money: [{ currency: 'USD', paid: { net: '5616' }, returned: { net: '2808' } }],
  });
  const year = await readStatement(store, 'ann', '2026');
  expect(year).toMatchObject({ final: false, millidiamonds: { opening: '0', closing: '44999021' } });
});

it('is the same bytes whenever it is made again, from any copy, whatever came since', async () => {
  const [store, other] = [await openLog(), await openLog()];
  await live(store);
  const first = await bytesOf(store, '2026-11');
  await copy(store, other);
  expect((await other.head())!.position).not.toBe((await store.head())!.position);
  expect(await bytesOf(other, '2026-11')).toEqual(first);
  await close(store, '2026-12-01', 9_000);
  await redeem(store, 'r4', 'PayoutPaid');
  await close(store, '2026-12-02', 1);
  expect(await bytesOf(store, '2026-11')).toEqual(first);
  // Whoever keeps one may compare it years later: these bytes are the same in every version.
  expect(first.slice(0, 2).map((bytes) => createHash('sha256').update(bytes).digest('hex'))).toEqual([
    'ecb54767fcea92e7206af99a0e1939d92dec145dd5c3bfc075ba6a5691f629aa',
    'bb085d7f79f0bc4742346dada19790da60239ee06cf13932b69d5ce42f7ff54f',
  ]);
});

it('holds nothing that no closed day covers, and nothing at all before the first', async () => {
  const store = await openLog();
  const nothing = stateEarnings('ann', { from: '2026-11-01', to: '2026-11-30' }, []);
  expect(await readStatement(store, 'ann', '2026-11')).toEqual(nothing);
  await close(store, '2026-10-31', 20_000);
  const before = await readStatement(store, 'ann', '2026-11');
  await redeem(store, 'r1', 'PayoutPaid');
  expect(await readStatement(store, 'ann', '2026-11')).toEqual(before);
});

it('is one JSON and one table, each exact', async () => {
  const store = await openLog();
  await live(store);
  const statement = await readStatement(store, 'ann', '2026-11');
  expect(JSON.parse(statementJson(statement))).toEqual(statement);
  expect(statementJson(statement)).toBe(canonicalJson(JSON.parse(statementJson(statement))));
  const [header, ...rows] = statementCsv(statement).split('\r\n');
  expect(header).toBe('creator,from,to,final,kind,unit,line,numerator,denominator');
  expect(rows.at(-1)).toBe('');
  const start = 'ann,2026-11-01,2026-11-30,true';
  expect(rows).toContain(`${start},diamonds,diamond,closing,44999021,1000`);
  expect(rows).toContain(`${start},paid,minor unit of USD,net,5616,1`);
  expect(rows).toContain(`${start},paid,minor unit of USD,gross,20002,3`);
  const odd = { ...statement, creator: 'a "b", c' };
  expect(statementCsv(odd).split('\r\n')[1]).toMatch(/^"a ""b"", c",2026-11-01/);
});

/** What is drawn: pdfkit writes text in hex, in pieces. */
const textOf = (pdf: Buffer): string[] =>
  [...pdf.toString('latin1').matchAll(/\[((?:<[0-9a-f]*> ?-?[\d.]* ?)+)\] TJ/g)].map(([, pieces]) =>
    [...pieces!.matchAll(/<([0-9a-f]*)>/g)]
      .map(([, hex]) => Buffer.from(hex!, 'hex').toString('latin1'))
      .join(''),
  );

it('is drawn with every line, on as many pages as it needs', async () => {
  const store = await openLog();
  await live(store);
  const statement = await readStatement(store, 'ann', '2026-11');
  const text = textOf(await statementPdf(statement));
  expect(text).toEqual(
    expect.arrayContaining([
      'Statement of earnings',
      'Creator: ann',
      'Period: 2026-11-01 to 2026-11-30 (UTC)',
      '44999.021',
      'Paid in USD',
      '66.67 USD and 1/3 of 0.01 USD',
      '56.16 USD',
      'Of that came back in USD',
    ]),
  );
  const [paid] = statement.money;
  const many: Statement = {
    ...statement,
    money: ['AUD', 'BRL', 'CAD', 'CHF', 'EUR', 'USD'].map((currency) => ({ ...paid!, currency })),
  };
  const pdf = await statementPdf(many);
  expect(pdf.toString('latin1').match(/\/Type \/Page\n/g)!.length).toBeGreaterThan(1);
  expect(textOf(pdf).filter((line) => line.startsWith('Paid in'))).toHaveLength(6);
});
