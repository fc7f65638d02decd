import type { Carat, Combo, GiftToSend } from '@carat/client';
import type { Receipt } from '@carat/protocol';
import { useCallback, useMemo, useState } from 'react';

/** `count` is what the running combo has claimed. */
export type Sending = Pick<Combo, 'count' | 'receipt'> & {
  /** One more; undefined while there is no connection or no gift. The promise may be thrown away. */
  readonly tap: () => Promise<Receipt> | undefined;
  /** Why the tap that was answered last was not booked; forgotten with the next one. */
  readonly error?: Error | undefined;
};

const nothing = { count: 0, receipt: undefined };

/** Builds combos of one gift. */
export const useSendGift = (carat: Carat | undefined, gift: GiftToSend | undefined): Sending => {
  const described = JSON.stringify(gift);
  const combo = useMemo(() => described && carat?.send(JSON.parse(described)), [carat, described]);
  const [state, set] = useState<Omit<Sending, 'tap'> & { of?: Combo }>(nothing);
  const tap = useCallback(() => {
    if (!combo) return undefined;
    const look = (error?: Error) => set({ of: combo, count: combo.count, receipt: combo.receipt, error });
    const answer = combo.tap();
    look();
    answer.then(() => look(), look);
    return answer;
  }, [combo]);
  const { of, ...shown } = state;
  return of === combo ? { tap, ...shown } : { tap, ...nothing };
};
