/** A number of things that may be under way at once; whoever comes later waits, first come first served. */
export type Permits = {
  take(): Promise<void>;
  give(): void;
};

export const createPermits = (most: number): Permits => {
  let free = most;
  const waiting: (() => void)[] = [];
  return {
    take: async () => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    give: () => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
};

/**
 * Does something with every item, so many at once; the first failure ends it, once those under way are over.
 */
export const eachOf = async <T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, place: number) => Promise<void>,
): Promise<void> => {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const place = next++;
      try {
        await work(items[place]!, place);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, worker);
  const ended = await Promise.allSettled(workers);
  const failure = ended.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
};
