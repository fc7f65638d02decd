import { type Refusal, refuse } from '@carat/protocol';
import { limits } from './limits.ts';

/** Runs `change` once all earlier ones of that stream have ended. Refusal: too many wait already. */
export type InTurn = <T>(stream: string, change: () => Promise<T>) => Promise<T | Refusal>;

/**
 * Lets the changes of one stream run one after the other. Processes settle races between them by revisions;
 * within one process they would only make each other decide again and again.
 */
export const createTurns = (maxWaiting: number = limits.maxWaitingPerStream): InTurn => {
  const lines = new Map<string, { waiting: number; last: Promise<unknown> }>();

  return async (stream, change) => {
    const line = lines.get(stream) ?? { waiting: 0, last: Promise.resolve() };
    if (line.waiting >= maxWaiting) return refuse('overloaded', { retryAfterMs: limits.retryAfterMs });
    line.waiting += 1;
    lines.set(stream, line);
    const turn = line.last.then(change);
    line.last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) lines.delete(stream);
    }
  };
};
