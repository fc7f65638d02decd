/** Where a unit stood, and when, on the process's own monotonic clock. Null before the first event. */
export type Stood = { readonly position: string | null; readonly at: number };

/** How much of the log a unit that is filled has been through, and how long the rest will take. */
export type Pace = { readonly share: number; readonly secondsLeft: number | undefined };

const numberOf = (position: string | null): number => Number(position ?? 0);

/**
 * Positions are not everywhere without gaps, but they grow steadily with what is stored: so much of the way
 * is so much of the work.
 */
export const paceOf = (first: Stood, now: Stood, head: string | null): Pace => {
  const [from, at, end] = [numberOf(first.position), numberOf(now.position), numberOf(head)];
  const share = end > 0 ? Math.min(1, at / end) : 1;
  const perMs = now.at > first.at ? (at - from) / (now.at - first.at) : 0;
  return { share, secondsLeft: perMs > 0 ? Math.max(0, end - at) / perMs / 1_000 : undefined };
};

/** In words, for whoever asks how it goes. */
export const describePace = ({ share, secondsLeft }: Pace): string => {
  const percent = `${Math.floor(share * 100)} %`;
  if (secondsLeft === undefined) return `rebuilding: ${percent}`;
  return `rebuilding: ${percent}, about ${Math.ceil(secondsLeft)} s left`;
};
