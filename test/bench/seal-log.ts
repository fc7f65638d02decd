import { createSealing, type EventStore } from '@carat/event-store';

const gatheredAtOnce = 10_000;

/**
 * Seals all that a log holds, as a projector would have done meanwhile: else whoever opens it proves all of
 * it, and the first projector is at work for long to seal it.
 */
export const sealLog = async (store: EventStore): Promise<void> => {
  const sealing = createSealing({ store, now: Date.now });
  for (let atHead = false; !atHead; ) {
    atHead = await sealing.gather(gatheredAtOnce);
    if (atHead || sealing.full) await sealing.seal();
  }
};
