import { comparePositions } from '@carat/client';
import type { http, Receipt } from '@carat/protocol';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Api } from '../shared/api.ts';
import { path } from '../shared/api.ts';
import { limits } from '../shared/limits.ts';
import { useAsked } from '../shared/use-asked.ts';

type Balance = { readonly balance: number; readonly position: string | null };

const newer = (next: Balance, before: Balance | undefined): Balance =>
  before === undefined || comparePositions(next.position, before.position) > 0 ? next : before;

/** What the viewer can spend, as the newest of receipts and answers says. */
export const useWallet = (api: Api, viewer: string) => {
  const [told, setTold] = useState<Balance>();
  const ask = useMemo(
    () => (signal: AbortSignal) => api.get<http.Wallet>(path`/wallets/${viewer}`, signal),
    [api, viewer],
  );
  const { value, again } = useAsked(ask, limits.walletEveryMs);
  useEffect(() => {
    if (value) setTold((before) => newer(value, before));
  }, [value]);
  const take = useCallback((receipt: Receipt) => setTold((before) => newer(receipt, before)), []);
  return { balance: told?.balance, take, again };
};
