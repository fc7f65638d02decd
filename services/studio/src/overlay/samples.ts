import type { FeedPart } from '@carat/client';
import type { ShownBooking } from '@carat/protocol';
import type { Source } from '@carat/react';

const viewers = ['mira', 'jonas_82', 'tea.and.rain', 'Oluwaseun', 'kite-flyer'];
const gifts = [
  { gift: 'spark', name: 'Spark', coins: 1, times: 5 },
  { gift: 'otter', name: 'Otter', coins: 1_299, times: 1 },
  { gift: 'lantern', name: 'Lantern', coins: 9, times: 4 },
  { gift: 'bouquet', name: 'Bouquet', coins: 99, times: 3 },
];
/** The sample gifts, as a catalogue. */
export const sampleCatalogue = new Map(
  gifts.map(({ gift, name, coins }) => [gift, { gift, name, coins, streakable: true, retired: false }]),
);
/** One sample gift in this time, in ms. */
export const sampleEveryMs = 450;

/** The n-th sample gift: some grow into combos, some are worth a banner. Always the same for the same n. */
const sampleBooking = (n: number): ShownBooking => {
  const round = gifts.flatMap((gift) =>
    Array.from({ length: gift.times }, (_, at) => ({ ...gift, count: at + 1 })),
  );
  const { gift, coins, count } = round[n % round.length]!;
  const combo = n - count + 1;
  return {
    position: String(n + 1),
    combo: `sample-${combo}`,
    viewer: viewers[combo % viewers.length]!,
    gift,
    booked: 1,
    count,
    coins,
    at: n * sampleEveryMs,
  };
};

export const sampleGoal = { title: 'A song of your choice', coins: 5_000 };
/** The coins of all samples up to the n-th, beginning again when the goal was long reached. */
export const sampleCoins = (n: number): number => (2_400 + n * 90) % 6_000;

/** Samples one after the other, told as a watch tells of bookings; `next` answers which one it told. */
export const createSamples = (): Source & { readonly next: () => number } => {
  const listeners = new Set<(part: FeedPart) => void>();
  let n = 0;
  return {
    on: (_, listener) => {
      const listening = listener as (part: FeedPart) => void;
      listeners.add(listening);
      return () => listeners.delete(listening);
    },
    next: () => {
      for (const tell of listeners) tell({ bookings: [sampleBooking(n)], gap: false });
      return n++;
    },
  };
};
