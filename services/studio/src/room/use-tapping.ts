import { type Carat, CaratRefusal, type Combo } from '@carat/client';
import type { http, Receipt } from '@carat/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { limits } from '../shared/limits.ts';

/** How the combo of a gift that is being tapped stands. */
export type Tapped = {
  readonly combo: string;
  readonly count: number;
  /** How much of it is in the log. */
  readonly booked: number;
  readonly at: number;
};

type Hooks = {
  readonly onReceipt: (receipt: Receipt) => void;
  readonly onError: (error: unknown) => void;
};

/** Taps on gifts; each gift has a combo of its own. A tap a while after the last one begins a new combo. */
export const useTapping = (carat: Carat | undefined, live: string, hooks: Hooks) => {
  const [tapped, setTapped] = useState<ReadonlyMap<string, Tapped>>(new Map());
  const combos = useRef(new Map<string, Combo>());
  const latest = useRef(hooks);
  latest.current = hooks;

  // biome-ignore lint/correctness/useExhaustiveDependencies: combos are of one connection and live
  useEffect(() => {
    combos.current.clear();
    setTapped(new Map());
  }, [carat, live]);

  useEffect(() => {
    if (tapped.size === 0) return;
    const oldest = Math.min(...[...tapped.values()].map(({ at }) => at));
    const clear = (): void => {
      for (const [id, { at }] of tapped) if (isOver(at)) combos.current.delete(id);
      setTapped((before) => new Map([...before].filter(([, { at }]) => !isOver(at))));
    };
    const timer = setTimeout(clear, Math.max(0, oldest + limits.tapShownMs - Date.now()) + 1);
    return () => clearTimeout(timer);
  }, [tapped]);

  const tap = useCallback(
    (gift: http.Gift): void => {
      if (carat === undefined) return;
      const { gift: id, streakable } = gift;
      const combo = combos.current.get(id) ?? carat.send({ live, gift: id, streakable });
      combos.current.set(id, combo);
      const answer = combo.tap();
      const { id: run, count } = combo;
      const change = (how: (before: Tapped | undefined) => Tapped | undefined): void =>
        setTapped((before) => replaced(before, id, how(before.get(id))));
      change((before) => ({
        combo: run,
        count,
        booked: before?.combo === run ? before.booked : 0,
        at: Date.now(),
      }));
      answer.then(
        (receipt) => {
          latest.current.onReceipt(receipt);
          change((before) => (before?.combo === run ? { ...before, booked: receipt.count } : before));
        },
        (error: unknown) => {
          latest.current.onError(error);
          if (error instanceof CaratRefusal) change((now) => (now?.combo === run ? undefined : now));
        },
      );
    },
    [carat, live],
  );

  return { tapped, tap };
};

const replaced = (
  all: ReadonlyMap<string, Tapped>,
  gift: string,
  tapped: Tapped | undefined,
): ReadonlyMap<string, Tapped> => {
  const next = new Map(all);
  if (tapped) next.set(gift, tapped);
  else next.delete(gift);
  return next;
};

const isOver = (at: number): boolean => Date.now() - at >= limits.tapShownMs;
