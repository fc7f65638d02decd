/** Names of the streams; the part before the first dash is the category. */
export const streams = {
  wallet: (viewer: string) => `wallet-${viewer}`,
  grant: (grant: string) => `grant-${grant}`,
  live: (live: string) => `live-${live}`,
  catalogue: 'catalogue',
  rates: 'rates',
  boards: 'boards',
  settlement: 'settlement',
  earnings: (creator: string) => `earnings-${creator}`,
  standing: (creator: string) => `standing-${creator}`,
  /** @param period as `2026-11` or `2026` */
  statement: (creator: string, period: string) => `statement-${creator}-${period}`,
  reconciliation: 'reconciliation',
  log: 'log',
} as const;

/** Prefixes that a follower of one kind of stream asks for. */
export const prefixes = {
  wallets: 'wallet-',
  lives: 'live-',
  catalogue: 'catalogue',
  rates: 'rates',
  settlement: 'settlement',
  earnings: 'earnings-',
  standing: 'standing-',
  log: 'log',
} as const;

const single: ReadonlySet<string> = new Set([
  streams.catalogue,
  streams.rates,
  streams.boards,
  streams.settlement,
  streams.reconciliation,
  streams.log,
]);
const categories = ['wallet-', 'grant-', 'live-', 'earnings-', 'standing-', 'statement-'] as const;

/**
 * Whether a stream is one of these. A store may hold others too, written by whoever shares it, and the log's
 * own seals: their events are no events of Carat, whatever their types are called.
 */
export const isOurStream = (name: string): boolean =>
  categories.some((category) => name.startsWith(category)) || single.has(name);
