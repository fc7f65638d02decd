/** Lets all who ask within a time share one look; it is never taken twice at once. */
export const shareLooks = <T>(look: () => Promise<T>, maxAgeMs: number): (() => Promise<T>) => {
  let last: { readonly taken: Promise<T>; endedAt: number } | undefined;
  return () => {
    if (last !== undefined && performance.now() - last.endedAt < maxAgeMs) return last.taken;
    const mine = { taken: look(), endedAt: Number.POSITIVE_INFINITY };
    const end = (): void => {
      mine.endedAt = performance.now();
    };
    mine.taken.then(end, end);
    last = mine;
    return mine.taken;
  };
};
