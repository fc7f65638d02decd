import { createHash } from 'node:crypto';
import { paypalLimits } from './limits.ts';

/** What Carat made, PayPal calls so: the same account may pay others for other purposes. */
const mark = 'carat-';

/** The key as `sender_batch_id`, which takes 256 characters: this is what PayPal knows it by again. */
export const batchIdOf = (key: string): string => `${mark}${key}`;

/** The key of a batch; undefined where Carat did not make it. */
export const keyOfBatch = (senderBatchId: string | undefined): string | undefined =>
  senderBatchId?.startsWith(mark) ? senderBatchId.slice(mark.length) : undefined;

/** The key as `sender_item_id`, which takes 63 characters: where it is longer, its SHA-256. */
export const itemIdOf = (key: string): string => {
  const whole = `${mark}${key}`;
  if (whole.length <= paypalLimits.maxItemIdChars) return whole;
  return `${hashMark}${createHash('sha256').update(key).digest('base64url')}`;
};

/** No key begins so: see `itemIdOf`. */
const hashMark = `${mark}sha256:`;

/** Whether a transaction in the list, with this custom field, is the payout with this key. */
export const isOfKey = (itemId: string | undefined, key: string): boolean => itemId === itemIdOf(key);

/**
 * The key of a transaction in the list, which carries `sender_item_id` as its custom field and the item's
 * note as its note; undefined where Carat did not make it. The note says a long key, the hash that it is its
 * own.
 */
export const keyOfTransaction = (
  itemId: string | undefined,
  note: string | undefined,
): string | undefined => {
  if (note !== undefined && isOfKey(itemId, note)) return note;
  if (!itemId?.startsWith(mark) || itemId.startsWith(hashMark)) return undefined;
  return itemId.slice(mark.length);
};
