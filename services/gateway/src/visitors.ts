import { limits } from './limits.ts';

/** What one viewer, and one address, may take up of a gateway. */
export type Allowance = {
  readonly socketsPerViewer: number;
  readonly socketsPerAddress: number;
  readonly claimsPerSecond: number;
};

/** Who gets in, and how far. */
export type Doors = {
  readonly visitors: Visitors;
  readonly allowance: Allowance;
  /** Origins of pages that may connect; undefined lets any. What is not a page names none, and may. */
  readonly origins: readonly string[] | undefined;
  /** Own proxies that lie before this process. */
  readonly proxies: number;
};

export type Visitors = {
  /** Counts a socket; false, and not counted, where the viewer has as many as it may. */
  enter(viewer: string): boolean;
  leave(viewer: string): void;
  /** Counts a claim. @returns 0 where it may be made, else in how many ms */
  claim(viewer: string): number;
  /** Connections of an address, counted from the handshake to the end of TCP. */
  readonly addresses: {
    enter(address: string): void;
    leave(address: string): void;
    count(address: string): number;
  };
};

type Visitor = { sockets: number; tokens: number; at: number; forgetting: NodeJS.Timeout | undefined };

/** Who is here. A viewer's claims are a token bucket over all of its sockets, which outlives them. */
export const openVisitors = (
  { socketsPerViewer, claimsPerSecond }: Allowance,
  now: () => number = () => performance.now(),
): Visitors => {
  const burst = claimsPerSecond * limits.claimBurstSeconds;
  const visitors = new Map<string, Visitor>();
  const connections = new Map<string, number>();

  const visitorOf = (viewer: string): Visitor => {
    const known = visitors.get(viewer);
    if (known) return known;
    const visitor = { sockets: 0, tokens: burst, at: now(), forgetting: undefined };
    visitors.set(viewer, visitor);
    return visitor;
  };

  const count = (address: string, by: 1 | -1): void => {
    const left = (connections.get(address) ?? 0) + by;
    if (left === 0) connections.delete(address);
    else connections.set(address, left);
  };

  return {
    enter(viewer) {
      const visitor = visitorOf(viewer);
      if (visitor.sockets >= socketsPerViewer) return false;
      visitor.sockets++;
      clearTimeout(visitor.forgetting);
      return true;
    },
    leave(viewer) {
      const visitor = visitorOf(viewer);
      if (--visitor.sockets > 0) return;
      // By then its bucket is full again: there is nothing to remember, and connecting anew gains nothing.
      clearTimeout(visitor.forgetting);
      visitor.forgetting = setTimeout(() => visitors.delete(viewer), limits.claimBurstSeconds * 1_000);
      visitor.forgetting.unref();
    },
    claim(viewer) {
      const visitor = visitorOf(viewer);
      const time = now();
      visitor.tokens = Math.min(burst, visitor.tokens + ((time - visitor.at) * claimsPerSecond) / 1_000);
      visitor.at = time;
      if (visitor.tokens < 1) return Math.ceil(((1 - visitor.tokens) * 1_000) / claimsPerSecond);
      visitor.tokens -= 1;
      return 0;
    },
    addresses: {
      enter: (address) => count(address, 1),
      leave: (address) => count(address, -1),
      count: (address) => connections.get(address) ?? 0,
    },
  };
};
