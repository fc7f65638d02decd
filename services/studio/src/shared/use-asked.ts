import { useCallback, useEffect, useState } from 'react';
import { limits } from './limits.ts';

export type Asked<T> = {
  /** The last answer, also while later questions fail. */
  readonly value: T | undefined;
  /** Why the last question was not answered; undefined where it was. */
  readonly error: unknown;
  /** Asks again now. */
  readonly again: () => void;
};

type State<T> = { readonly of: unknown; readonly value: T | undefined; readonly error: unknown };

/** Before the first answer to a question. */
const noState = (of: unknown) => ({ of, value: undefined, error: undefined });

/** The wait before the next question: longer each time that it fails. */
export const waitAfter = (everyMs: number, failures: number): number =>
  failures === 0 ? everyMs : Math.min(everyMs * 2 ** failures, Math.max(everyMs, limits.longestRetryMs));

/**
 * Asks at once, and from then on `everyMs` after each answer, more slowly while it fails. `ask` has to be the
 * same function for as long as the question is the same; `undefined` asks nothing. An answer replaces the one
 * before where `isNewer` does not say otherwise.
 */
export const useAsked = <T>(
  ask: ((signal: AbortSignal) => Promise<T>) | undefined,
  everyMs: number,
  isNewer?: (next: T, before: T) => boolean,
): Asked<T> => {
  const [state, setState] = useState<State<T>>(() => noState(ask));
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is a wish to ask again
  useEffect(() => {
    if (ask === undefined) return;
    const stopping = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    const answered = (next: T): void => {
      failures = 0;
      setState(({ value: before, of }) => {
        const stays = of === ask && before !== undefined && isNewer !== undefined && !isNewer(next, before);
        return { of: ask, value: stays ? before : next, error: undefined };
      });
    };
    const failed = (error: unknown): void => {
      failures += 1;
      setState((before) => ({ ...(before.of === ask ? before : noState(ask)), error }));
    };
    const turn = async (): Promise<void> => {
      await ask(stopping.signal).then(
        (next) => void (stopping.signal.aborted || answered(next)),
        (error: unknown) => void (stopping.signal.aborted || failed(error)),
      );
      if (!stopping.signal.aborted) timer = setTimeout(turn, waitAfter(everyMs, failures));
    };
    void turn();
    return () => {
      stopping.abort();
      clearTimeout(timer);
    };
  }, [ask, everyMs, isNewer, round]);

  const { value, error } = state.of === ask ? state : noState(ask);
  return { value, error, again: useCallback(() => setRound((before) => before + 1), []) };
};
