/** Names of the streams; the part before the first dash is the category. */
export const streams = {
  wallet: (viewer: string) => `wallet-${viewer}`,
  grant: (grant: string) => `grant-${grant}`,
  live: (live: string) => `live-${live}`,
  catalogue: 'catalogue',
  rates: 'rates',
  log: 'log',
} as const;

/** Prefixes that a follower of one kind of stream asks for. */
export const prefixes = {
  wallets: 'wallet-',
  lives: 'live-',
  catalogue: 'catalogue',
  rates: 'rates',
  log: 'log',
} as const;
