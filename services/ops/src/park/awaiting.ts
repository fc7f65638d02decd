import { setTimeout as pause } from 'node:timers/promises';
import { activeGeneration, readPoison } from '@carat/read-models';
import { limits } from '../limits.ts';
import type { Stop } from './stops.ts';
import type { System } from './system.ts';

/** What came of trying an event again, or of leaving it out. */
export type Came =
  | { readonly came: 'went_on' }
  /** It went on from there, and is stopped at another event. */
  | {
      readonly came: 'stopped_later';
      readonly event: string;
      readonly position: string;
      readonly fault: string;
    }
  | { readonly came: 'stopped_again'; readonly fault: string }
  /** Another generation is filled by now, from the beginning. */
  | { readonly came: 'replaced' }
  /** Nothing came of it in time: no projector is at work, or it is busy. */
  | { readonly came: 'no_answer' };

/**
 * Waits for what comes of a unit that is stopped, for `limits.maxParkMs`.
 * @param retry what was asked for; where nothing was, only going on is waited for
 */
export const awaitUnit = async (
  { redis }: System,
  { generation, unit, event }: Stop,
  retry: string | undefined,
  signal: AbortSignal,
): Promise<Came> => {
  const deadline = performance.now() + limits.maxParkMs;
  for (;;) {
    const poison = await readPoison(redis, generation, unit);
    if ((await activeGeneration(redis))?.generation !== generation) return { came: 'replaced' };
    if (poison === undefined) return { came: 'went_on' };
    const { position, fault } = poison;
    if (poison.event !== event) return { came: 'stopped_later', event: poison.event, position, fault };
    if (retry !== undefined && poison.retried === retry) return { came: 'stopped_again', fault };
    if (performance.now() >= deadline) return { came: 'no_answer' };
    await pause(limits.parkPollMs, undefined, { signal });
  }
};

/** In one sentence. */
export const describeCame = ({ unit, event }: Pick<Stop, 'unit' | 'event'>, came: Came): string => {
  switch (came.came) {
    case 'went_on':
      return `${unit} goes on after event ${event}.`;
    case 'stopped_later':
      return (
        `${unit} went on after event ${event}, and is stopped at event ${came.event},\n` +
        `  position ${came.position}: ${came.fault}`
      );
    case 'stopped_again':
      return `${unit} is stopped at event ${event} again:\n  ${came.fault}`;
    case 'replaced':
      return `${unit} is being filled anew, in another generation.`;
    case 'no_answer':
      return `${unit} has not moved within ${limits.maxParkMs / 1000} s: is a projector at work?`;
  }
};
