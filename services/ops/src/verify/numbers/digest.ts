import { hash } from 'node:crypto';
import type { ShownBooking } from '@carat/protocol';

/** Bytes of a digest: what fits into a double exactly. */
const bytes = 6;

/** 48 bits that stand for a booking as it is shown, so that thousands can be kept and compared. */
export const digestOf = (booking: ShownBooking): number => {
  const { position, combo, viewer, gift, booked, count, coins, at } = booking;
  const text = JSON.stringify([position, combo, viewer, gift, booked, count, coins, at]);
  return hash('sha1', text, 'buffer').readUIntBE(0, bytes);
};
