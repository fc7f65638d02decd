import { z } from 'zod';

/** An id of a viewer, creator, live, gift or grant: what streams and keys can be named after. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,128}$/, 'must be 1 to 128 characters of A-Z a-z 0-9 _ . : -');

/** A combo's id: a UUIDv7 that the client makes, lower-cased; its time says how old the combo is. */
export const comboId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i, 'must be a UUIDv7')
  .transform((text) => text.toLowerCase());

/** As late as a date can be, so that whoever is told an instant can say which day it is. */
const latest = 8_640_000_000_000_000;
export const instant = z.int().min(0).max(latest).describe('ms since 1970');

/** The instant inside a UUIDv7, in ms since 1970 (RFC 9562, section 5.7: its first 48 bits). */
export const instantOf = (uuidv7: string): number =>
  Number.parseInt(uuidv7.slice(0, 8), 16) * 0x10000 + Number.parseInt(uuidv7.slice(9, 13), 16);

/** A place in the log, as text: opaque, to be shown and sent back. */
export const position = z.string().regex(/^(0|[1-9]\d{0,19})$/);

/** As of what a number is: two numbers with the same generation and position always agree. */
export const asOf = z.object({ generation: z.string(), position: position.nullable() });
export type AsOf = z.infer<typeof asOf>;

/** Largest values that are accepted; products of them stay exact in a double (2^53). */
export const largest = {
  count: 9_999,
  unitCoins: 1_000_000,
  grantCoins: 1_000_000_000_000,
  balanceCoins: 1_000_000_000_000_000,
  millidiamondsPerCoin: 100_000,
  /** Boards of operators that stand at once, and lives or gifts that one of them names. */
  boards: 20,
  boardIds: 100,
} as const;
