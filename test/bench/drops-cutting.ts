import type { Network } from './drops-network.ts';

/** How often each client is cut off, and for how long. */
export type Cuts = { readonly everyMs: number; readonly forMs: number };

/**
 * Cuts each client off, again and again, all of them evenly spread over the time. @returns ends that, and
 * tells how many cuts there were
 */
export const cutAll = (network: Network, clients: readonly number[], cuts: Cuts): (() => number) => {
  const timers = new Set<NodeJS.Timeout>();
  let count = 0;
  const after = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const cut = (client: number): void => {
    count++;
    network.cut(client);
    after(cuts.forMs, () => network.restore(client));
    after(cuts.everyMs, () => cut(client));
  };
  for (const [n, client] of clients.entries())
    after((cuts.everyMs * (n + 1)) / clients.length, () => cut(client));
  return () => {
    timers.forEach(clearTimeout);
    for (const client of clients) network.restore(client);
    return count;
  };
};
