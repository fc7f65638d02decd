import { randomBytes } from 'node:crypto';
import type { Asked } from './answers.ts';
import { itemOf } from './answers.ts';

/** https://developer.paypal.com/api/payments.payouts-batch/v1 : "used in the last 30 days". */
const memoryMs = 30 * 24 * 3_600_000;

export type DoubleBatch = {
  readonly id: string;
  readonly itemId: string;
  readonly senderBatchId: string;
  readonly at: number;
  readonly item: Asked['items'][number];
  readonly fate: Fate;
  status: 'PENDING' | 'PROCESSING' | 'SUCCESS' | 'DENIED';
  itemStatus: string | undefined;
  error: string | undefined;
  transaction: DoubleTransaction | undefined;
};

export type DoubleTransaction = {
  readonly id: string;
  readonly at: number;
  readonly currency: string;
  /** As it is written in a search: money that leaves is negative. */
  readonly value: string;
  readonly receiver: string | undefined;
  readonly note: string | undefined;
  readonly itemId: string | undefined;
  status: 'S' | 'P' | 'V';
};

/** What becomes of a batch once it is worked on. */
export type Fate = 'paid' | 'failed' | 'returned' | 'unclaimed';

export type Books = {
  /** What becomes of those that are made from now on. */
  fate: Fate;
  /** What one search may find: 10,000 at PayPal. */
  maxResults: number;
  /** Whether a search leaves notes out; whether it says how many pages there are; how it writes times. */
  hidesNotes: boolean;
  countsPages: boolean;
  datesAs: (at: number) => string;
  /** Accounts that there are. */
  readonly accounts: Set<string>;
  add(asked: Asked): DoubleBatch;
  /** The batch that this id stands for still. */
  known(senderBatchId: string): DoubleBatch | undefined;
  batch(id: string): DoubleBatch | undefined;
  /** From now on no batch is shown that was made before. */
  forgetBatches(): void;
  batches(): readonly DoubleBatch[];
  transactions(): readonly DoubleTransaction[];
  /** A payment that somebody made by hand. */
  addByHand(value: string, currency: string): void;
  /** Works on what is pending. */
  settle(): void;
  /** Gives back what is to be returned. */
  takeBack(): void;
};

/** As a search writes a time. */
const plain = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

const newId = (chars: number): string => randomBytes(chars).toString('hex').toUpperCase().slice(0, chars);

export const createBooks = (now: () => number, tell: (type: string, resource: object) => void): Books => {
  const batches: DoubleBatch[] = [];
  const transactions: DoubleTransaction[] = [];

  const tellBatch = (batch: DoubleBatch): void =>
    tell(`PAYMENT.PAYOUTSBATCH.${batch.status}`, {
      batch_header: {
        payout_batch_id: batch.id,
        batch_status: batch.status,
        sender_batch_header: { sender_batch_id: batch.senderBatchId },
      },
    });
  const tellItem = (batch: DoubleBatch, event: string): void =>
    tell(`PAYMENT.PAYOUTS-ITEM.${event}`, { ...itemOf(batch), sender_batch_id: batch.senderBatchId });

  const addTransaction = ({ item }: DoubleBatch, status: 'S' | 'P'): DoubleTransaction => {
    const transaction: DoubleTransaction = {
      ...{ id: newId(17), at: now(), currency: item.amount.currency, value: `-${item.amount.value}` },
      ...{ receiver: item.receiver, note: item.note, itemId: item.sender_item_id, status },
    };
    transactions.push(transaction);
    return transaction;
  };

  /**
   * A payer id that nobody has is taken at first; then its batch is DENIED and its item FAILED with
   * RECEIVER_ACCOUNT_INVALID, as the sandbox answered. What fails before it leaves has no transaction: "even
   * if it lacks a transaction_id" (payouts-item.get).
   */
  const process = (batch: DoubleBatch, books: Books): void => {
    batch.status = 'PROCESSING';
    tellBatch(batch);
    const nobody = !books.accounts.has(batch.item.receiver);
    if (nobody || batch.fate === 'failed') {
      batch.status = 'DENIED';
      batch.itemStatus = 'FAILED';
      batch.error = nobody ? 'RECEIVER_ACCOUNT_INVALID' : 'RECEIVER_ACCOUNT_LOCKED';
      tellItem(batch, 'FAILED');
      return tellBatch(batch);
    }
    const unclaimed = batch.fate === 'unclaimed';
    batch.status = 'SUCCESS';
    batch.itemStatus = unclaimed ? 'UNCLAIMED' : 'SUCCESS';
    batch.transaction = addTransaction(batch, unclaimed ? 'P' : 'S');
    tellItem(batch, unclaimed ? 'UNCLAIMED' : 'SUCCEEDED');
    tellBatch(batch);
  };

  return {
    fate: 'paid',
    maxResults: 10_000,
    ...{ hidesNotes: false, countsPages: true, datesAs: plain },
    accounts: new Set(),
    add(asked) {
      const batch: DoubleBatch = {
        ...{ id: newId(13), itemId: newId(13), at: now(), item: asked.items[0], fate: this.fate },
        senderBatchId: asked.sender_batch_header.sender_batch_id,
        ...{ status: 'PENDING', itemStatus: undefined, error: undefined, transaction: undefined },
      };
      batches.push(batch);
      return batch;
    },
    known: (senderBatchId) =>
      batches.findLast((batch) => batch.senderBatchId === senderBatchId && batch.at > now() - memoryMs),
    batch: (id) => batches.find((batch) => batch.id === id),
    forgetBatches: () => void batches.splice(0),
    batches: () => batches,
    transactions: () => transactions,
    addByHand: (value, currency) => {
      transactions.push({
        ...{ id: newId(17), at: now(), currency, value: `-${value}`, status: 'S' },
        ...{ receiver: undefined, note: 'by hand', itemId: undefined },
      });
    },
    settle() {
      for (const batch of batches) if (batch.status === 'PENDING') process(batch, this);
    },
    takeBack: () => {
      for (const batch of batches) {
        if (!batch.transaction || batch.transaction.status === 'V') continue;
        if (batch.fate !== 'returned' && batch.fate !== 'unclaimed') continue;
        batch.itemStatus = batch.fate === 'returned' ? 'REFUNDED' : 'RETURNED';
        batch.transaction.status = 'V';
        tellItem(batch, batch.itemStatus);
      }
    },
  };
};
