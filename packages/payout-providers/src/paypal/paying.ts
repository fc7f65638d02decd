import { type Answer, retryAfterMs } from '../http.ts';
import { limits } from '../limits.ts';
import { type Payment, type PayoutState, ProviderError } from '../port.ts';
import { errorOf, type PaypalClient, parseAnswer, reasonOf } from './client.ts';
import { toDecimal, toMinor } from './money.ts';
import { batchIdOf, itemIdOf } from './names.ts';
import { stateOfBatch, stateOfItem } from './statuses.ts';
import { type Batch, batchSchema, createdSchema } from './wire.ts';

/**
 * A batch with one item: so the key, as `sender_batch_id`, stands for this payment alone. `PAYPAL_ID` is the
 * account's payer id; neither an address nor a name is sent. The note is what the list tells the key by.
 */
const bodyOf = ({ key, recipient, amountMinor, currency }: Payment): string =>
  JSON.stringify({
    sender_batch_header: { sender_batch_id: batchIdOf(key) },
    items: [
      {
        recipient_type: 'PAYPAL_ID',
        receiver: recipient,
        amount: { currency, value: toDecimal(amountMinor, currency) },
        sender_item_id: itemIdOf(key),
        note: key,
      },
    ],
  });

/** Pays, or tells how what was paid with this key stands. @throws ProviderError as `PayoutProvider.pay` */
export const payOnce = async (client: PaypalClient, payment: Payment): Promise<PayoutState> => {
  const answer = await client.pay('/v1/payments/payouts', bodyOf(payment));
  if (answer.status === 201) {
    const created = createdSchema.safeParse(answer.body);
    if (!created.success) throw unknownOutcome('paypal answered what is not to be understood');
    const { payout_batch_id, batch_status } = created.data.batch_header;
    return stateOfBatch(batch_status, payout_batch_id);
  }
  if (isDuplicate(answer)) return followOriginal(client, payment, answer);
  throw payFailure(answer);
};

/** "The API rejects the request with an error message that shows the duplicate sender_batch_id". */
const isDuplicate = (answer: Answer): boolean =>
  answer.status === 400 &&
  (errorOf(answer)?.details ?? []).some(
    ({ field, issue }) =>
      field?.toUpperCase() === 'SENDER_BATCH_ID' && /already exists|duplicate/i.test(issue ?? ''),
  );

/**
 * "… and includes a HATEOAS link to the original payout". Only the id is taken of the link: it is asked for
 * where we know PayPal to be, not where a message says.
 */
const followOriginal = async (
  client: PaypalClient,
  payment: Payment,
  answer: Answer,
): Promise<PayoutState> => {
  const error = errorOf(answer);
  const links = [...(error?.details ?? []).flatMap(({ link }) => link ?? []), ...(error?.links ?? [])];
  const id = links
    .map(({ href }) => /\/v1\/payments\/payouts\/([A-Za-z0-9-]{1,64})/.exec(href)?.[1])
    .find(Boolean);
  if (!id) throw unknownOutcome('paypal knows the key and does not say which payout it was');
  const batch = await readBatch(client, id);
  if (!batch) throw unknownOutcome('paypal knows the key and not the payout that it names');
  if (!samePayment(batch, payment)) {
    throw new ProviderError('key_taken', 'paypal: the key was used for another payment.');
  }
  return stateOf(batch);
};

const samePayment = ({ items = [] }: Batch, { recipient, amountMinor, currency }: Payment): boolean =>
  items.every(({ payout_item: item }) => {
    if (!item?.amount || item.receiver === undefined) return true;
    const paid = toMinor(item.amount.value, item.amount.currency);
    return item.receiver === recipient && item.amount.currency === currency && paid === amountMinor;
  });

/** A batch by PayPal's id; undefined where there is none. @throws ProviderError */
export const readBatch = async (client: PaypalClient, id: string): Promise<Batch | undefined> => {
  const answer = await client.get(`/v1/payments/payouts/${encodeURIComponent(id)}`);
  return answer.status === 404 ? undefined : parseAnswer(batchSchema, answer);
};

/** How the one item of a batch stands; before it is there, as the batch does. */
export const stateOf = ({ batch_header: { payout_batch_id, batch_status }, items }: Batch): PayoutState => {
  const item = items?.[0];
  if (!item?.transaction_status) return stateOfBatch(batch_status, payout_batch_id);
  return stateOfItem(item.transaction_status, payout_batch_id, item.errors?.name);
};

const unknownOutcome = (reason: string): ProviderError => new ProviderError('outcome_unknown', `${reason}.`);

/** What depends on the request alone, so that no repetition of it was ever taken either. */
const invalid = new Set([
  'VALIDATION_ERROR',
  'INVALID_REQUEST',
  'MALFORMED_REQUEST',
  'MALFORMED_REQUEST_ERROR',
]);

/**
 * Refused is only what PayPal would have refused the first time too. What depends on our own account (too
 * little money, a currency that is not held, a restriction) may come after a first call that has paid, and
 * ends once an operator mends it: so it is `misconfigured`, and the payout is asked for again.
 *
 * "If you receive an HTTP 5nn status code, you can safely retry the request with the same sender_batch_id."
 */
const payFailure = (answer: Answer): ProviderError => {
  const reason = reasonOf(answer).slice(0, limits.maxReasonChars);
  const name = errorOf(answer)?.name ?? '';
  const { status } = answer;
  if (status === 429)
    return new ProviderError('unavailable', `paypal: ${reason}.`, retryAfterMs(answer.headers));
  if (status >= 500 || status < 400 || status === 408 || status === 409)
    return unknownOutcome(`paypal: ${reason}`);
  if (name === 'PREVIOUS_REQUEST_IN_PROGRESS') return unknownOutcome(`paypal: ${reason}`);
  if (invalid.has(name)) return new ProviderError('refused', `paypal: ${reason}.`);
  return new ProviderError('misconfigured', `paypal does not take it: ${reason}.`);
};
