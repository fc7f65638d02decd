import { z } from 'zod';
import type { Books, DoubleBatch, DoubleTransaction } from './books.ts';

/**
 * The bounds of `create_payout_request` in
 * https://developer.paypal.com/api/payments.payouts-batch/v1/schema.json
 */
const itemSchema = z.strictObject({
  recipient_type: z.literal('PAYPAL_ID'),
  receiver: z.string().min(1).max(127),
  amount: z.strictObject({ currency: z.string(), value: z.string() }),
  sender_item_id: z.string().max(63).optional(),
  note: z.string().max(4_000).optional(),
});
const askedSchema = z.strictObject({
  sender_batch_header: z.strictObject({ sender_batch_id: z.string().max(256) }),
  items: z.tuple([itemSchema]),
});
export type Asked = z.output<typeof askedSchema>;

/** "HUF, JPY, TWD: this currency does not support decimals" (…/api/rest/reference/currency-codes/). */
const amountForm = (currency: string): RegExp =>
  ['HUF', 'JPY', 'TWD'].includes(currency) ? /^\d{1,9}$/ : /^\d{1,9}\.\d{2}$/;

/** The field that PayPal would name, or undefined. */
export const findInvalid = (asked: unknown): string | undefined => {
  const parsed = askedSchema.safeParse(asked);
  if (!parsed.success) return parsed.error.issues[0]!.path.join('.');
  const [{ amount }] = parsed.data.items;
  return amountForm(amount.currency).test(amount.value) ? undefined : 'items[0].amount.value';
};

const information_link = 'https://developer.paypal.com/docs/api/payments.payouts-batch/#errors';
const debug_id = 'f00d5';

/** HTTP 400 of the sandbox to a malformed receiver, as published by who met it. */
export const validation = (field: string) => ({
  name: 'VALIDATION_ERROR',
  message: 'Invalid request - see details',
  ...{ debug_id, information_link },
  details: [{ field, location: 'body', issue: 'Value is invalid' }],
  links: [],
});

/**
 * HTTP 400: "the API rejects the request with an error message that shows the duplicate sender_batch_id and
 * includes a HATEOAS link to the original payout" (payouts.post). The form is the sandbox's: the link stands
 * in `details`, and leads to another host than the one that was called.
 */
export const duplicate = (id: string) => ({
  name: 'USER_BUSINESS_ERROR',
  message: 'User business error.',
  ...{ debug_id, information_link },
  details: [
    {
      field: 'SENDER_BATCH_ID',
      location: 'body',
      issue: 'Batch with given sender_batch_id already exists',
      link: [
        {
          href: `https://api.sandbox.paypal.com/v1/payments/payouts/${id}`,
          ...{ rel: 'self', method: 'GET', encType: 'application/json' },
        },
      ],
    },
  ],
  links: [],
});

/** HTTP 429, https://developer.paypal.com/api/rest/reference/rate-limiting/ */
export const rateLimit = {
  name: 'RATE_LIMIT_REACHED',
  message: 'Too many requests. Blocked due to rate limiting.',
  debug_id,
};

/** HTTP 401 of the token endpoint, https://developer.paypal.com/api/rest/authentication/ */
export const invalidClient = { error: 'invalid_client', error_description: 'Client Authentication failed' };

/** `error_401` of the Payouts API. */
export const badToken = {
  name: 'AUTHENTICATION_FAILURE',
  message:
    'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  debug_id,
};

/** HTTP 404 of payouts.get. */
export const unknownBatch = {
  name: 'INVALID_RESOURCE_ID',
  message: 'Requested resource ID was not found.',
  ...{ debug_id, information_link },
  links: [],
};

/** `payout_batch_items`. */
export const itemOf = (batch: DoubleBatch) => ({
  payout_item_id: batch.itemId,
  ...(batch.transaction && { transaction_id: batch.transaction.id }),
  transaction_status: batch.itemStatus,
  payout_batch_id: batch.id,
  payout_item: batch.item,
  ...(batch.error && { errors: { name: batch.error, message: batch.error, debug_id } }),
});

/** "It takes a maximum of three hours for executed transactions to appear in the list transactions call." */
const delayMs = 3 * 3_600_000;
const maxRangeMs = 31 * 24 * 3_600_000;
const maxPageSize = 500;

const invalidRequest = (message: string) => ({
  name: 'INVALID_REQUEST',
  message,
  debug_id,
  details: [],
  links: [],
});
const plain = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
const rfc3339 = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

/** https://developer.paypal.com/api/transaction-search/v1 : search.get */
export const search = (
  books: Books,
  query: Readonly<Record<string, string>>,
  now: number,
): { status: number; body: object } => {
  const { maxResults, countsPages } = books;
  const size = Number(query.page_size ?? 100);
  const page = Number(query.page ?? 1);
  const dates = [query.start_date, query.end_date].map((date) => rfc3339.safeParse(date).success);
  if (dates.includes(false) || !(size >= 1 && size <= maxPageSize) || !(page >= 1)) {
    return { status: 400, body: invalidRequest('Request is not well-formed.') };
  }
  const [start, end] = [Date.parse(query.start_date!), Date.parse(query.end_date!)];
  const refreshed = Math.floor((now - delayMs) / 1_000) * 1_000;
  if (end - start > maxRangeMs)
    return { status: 400, body: invalidRequest('Date range is greater than 31 days') };
  if (start > refreshed) {
    return { status: 400, body: invalidRequest('Data for the given start date is not available.') };
  }
  const second = (at: number): number => Math.floor(at / 1_000) * 1_000;
  const found = books
    .transactions()
    .filter(({ at }) => second(at) >= start && second(at) <= end && at <= refreshed);
  if (found.length > maxResults) {
    const message =
      'Result set size is greater than the maximum limit. Change the filter criteria and try again.';
    return {
      status: 400,
      body: { name: 'RESULTSET_TOO_LARGE', message, debug_id, maximum_items: maxResults },
    };
  }
  return {
    status: 200,
    body: {
      transaction_details: found.slice((page - 1) * size, page * size).map(transactionOf(books)),
      ...{ start_date: plain(start), end_date: plain(Math.min(end, refreshed)) },
      last_refreshed_datetime: plain(refreshed),
      ...(countsPages && { page, total_items: found.length, total_pages: Math.ceil(found.length / size) }),
    },
  };
};

/**
 * The fields that a real payout had in the list: its `sender_item_id` as `custom_field`, its note as note.
 */
const transactionOf =
  ({ hidesNotes, datesAs }: Books) =>
  ({ id, at, currency, value, status, receiver, note, itemId }: DoubleTransaction) => ({
    transaction_info: {
      ...{ transaction_id: id, transaction_event_code: 'T0001', transaction_status: status },
      ...{ transaction_initiation_date: datesAs(at), transaction_updated_date: datesAs(at) },
      transaction_amount: { currency_code: currency, value },
      ...(note !== undefined && !hidesNotes && { transaction_note: note }),
      ...(itemId !== undefined && { custom_field: itemId }),
    },
    payer_info: {
      ...(receiver !== undefined && { account_id: receiver }),
      address_status: 'N',
      payer_name: {},
    },
  });
