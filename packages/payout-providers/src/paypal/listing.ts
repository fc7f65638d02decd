import { z } from 'zod';
import { readCursor, writeCursor } from '../cursor.ts';
import type { Answer } from '../http.ts';
import { limits } from '../limits.ts';
import {
  type BegunPayout,
  type ListedPage,
  type ListedPayout,
  type ListRequest,
  ProviderError,
} from '../port.ts';
import { errorOf, type PaypalClient, parseAnswer } from './client.ts';
import { paypalLimits } from './limits.ts';
import { toMinor } from './money.ts';
import { isOfKey, keyOfTransaction } from './names.ts';
import { stateOfTransaction } from './statuses.ts';
import { type Transactions, transactionsSchema } from './wire.ts';

/** A part of the time asked for, and the page in it. `completeTo`: as the pages before have said. */
const cursorSchema = z.object({ start: z.int(), end: z.int(), page: z.int().min(1), completeTo: z.int() });
type Cursor = z.output<typeof cursorSchema>;

/** Of mass payments: Payouts are listed by it ("T0001"). */
const payoutCode = 'T0001';

/**
 * A page of what PayPal paid, by the Transaction Search API. A search spans at most 31 days and finds at most
 * 10,000; what finds more is cut in halves. The list knows transactions, not batches: so what is listed is
 * matched by key.
 * @param sought a key that is recognised by its transaction's custom field alone, however long it is
 */
export const listPage = async (
  client: PaypalClient,
  { from, to, page }: ListRequest,
  now: () => number,
  sought?: string,
): Promise<ListedPage> => {
  const knownTo = now() - paypalLimits.listDelayMs;
  const until = Math.min(to, now());
  let cursor = page ? readCursor(cursorSchema, page) : part(from, until, Math.min(to, knownTo));
  for (;;) {
    const { start, end, completeTo } = cursor;
    if (start >= end) return { payouts: [], next: undefined, completeTo };
    const answer = await search(client, cursor);
    if (isTooMuch(answer)) cursor = halve(cursor);
    else if (isTooNew(answer))
      return { payouts: [], next: undefined, completeTo: Math.min(completeTo, start) };
    else return pageOf(parseAnswer(transactionsSchema, answer), cursor, until, sought);
  }
};

const part = (start: number, until: number, completeTo: number): Cursor => ({
  start,
  end: Math.min(until, start + paypalLimits.maxWindowMs),
  page: 1,
  completeTo,
});

const halve = (cursor: Cursor): Cursor => {
  const middle = cursor.start + Math.floor((cursor.end - cursor.start) / 2);
  if (middle - cursor.start >= paypalLimits.minWindowMs) return { ...cursor, end: middle };
  throw new ProviderError('unavailable', 'paypal lists more in a minute than it can tell.');
};

/** HTTP 400 `RESULTSET_TOO_LARGE`: "result set size is greater than the maximum limit". */
const isTooMuch = (answer: Answer): boolean => errorOf(answer)?.name === 'RESULTSET_TOO_LARGE';

/** What begins after `last_refreshed_datetime` is refused with this message, as HTTP 400 or 404. */
const isTooNew = (answer: Answer): boolean =>
  answer.status >= 400 &&
  /data for the given start date is not available/i.test(errorOf(answer)?.message ?? '');

const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** PayPal knows whole seconds: the first and the last are asked for whole, and cut when they are read. */
const search = (client: PaypalClient, { start, end, page }: Cursor): Promise<Answer> => {
  const query = new URLSearchParams({
    start_date: seconds(start),
    end_date: seconds(end + 999),
    transaction_type: payoutCode,
    fields: 'transaction_info',
    page_size: String(paypalLimits.listPageSize),
    page: String(page),
  });
  return client.get(`/v1/reporting/transactions?${query}`);
};

const pageOf = (
  found: Transactions,
  cursor: Cursor,
  until: number,
  sought: string | undefined,
): ListedPage => {
  const refreshed = Date.parse(found.last_refreshed_datetime ?? '');
  const completeTo = Number.isNaN(refreshed) ? cursor.completeTo : Math.min(cursor.completeTo, refreshed);
  const payouts = found.transaction_details
    .map((transaction) => listed(transaction, sought))
    .filter(({ madeAt }) => madeAt >= cursor.start && madeAt < cursor.end);
  const isFull = found.transaction_details.length >= paypalLimits.listPageSize;
  const morePages = found.total_pages === undefined ? isFull : cursor.page < found.total_pages;
  const next = morePages
    ? { ...cursor, page: cursor.page + 1, completeTo }
    : part(cursor.end, until, completeTo);
  return { payouts, next: next.start < until ? writeCursor(next) : undefined, completeTo };
};

const listed = (
  { transaction_info: info }: Transactions['transaction_details'][number],
  sought: string | undefined,
): ListedPayout => ({
  key:
    sought !== undefined && isOfKey(info.custom_field, sought)
      ? sought
      : keyOfTransaction(info.custom_field, info.transaction_note),
  reference: info.transaction_id,
  referenceFrom: 'list',
  // Whose account the list names beside money that leaves is not written anywhere.
  recipient: null,
  amountMinor: toMinor(info.transaction_amount.value, info.transaction_amount.currency_code),
  currency: info.transaction_amount.currency_code,
  state: stateOfTransaction(info.transaction_status, info.transaction_id),
  madeAt: info.transaction_initiation_date,
});

/**
 * A payout in the list by its key, from when it was begun: PayPal finds no batch by the sender's id. It is
 * listed when PayPal has worked on it, which may be weeks later where PayPal reviews it.
 * @throws ProviderError `unavailable` where the list is too long to be looked through
 */
export const findListed = async (
  client: PaypalClient,
  { key, startedAt }: BegunPayout,
  now: () => number,
): Promise<ListedPayout | undefined> => {
  const from = startedAt - paypalLimits.lookBackMs;
  const to = Math.min(startedAt + paypalLimits.lookAheadMs, now());
  let page: string | undefined;
  for (let count = 0; count < limits.maxLookPages; count += 1) {
    const request = { from, to, ...(page && { page }) };
    const { payouts, next }: ListedPage = await listPage(client, request, now, key);
    const found = payouts.find((payout) => payout.key === key);
    if (found || !next) return found;
    page = next;
  }
  throw new ProviderError('unavailable', 'paypal lists more since that time than can be looked through.');
};
