import type { http, Receipt } from '@carat/protocol';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Api } from '../shared/api.ts';
import { path } from '../shared/api.ts';
import { limits } from '../shared/limits.ts';
import { useAsked } from '../shared/use-asked.ts';
import { answered, type Balance, newer } from './balance.ts';

/** What the viewer can spend, as receipts and the api's answers say. */
export const useWallet = (api: Api, viewer: string) => {
  const [told, setTold] = useState<Balance>();
  const latest = useRef(told);
  latest.current = told;
  const ask = useMemo(
    () => async (signal: AbortSignal) => {
      const asked = latest.current;
      return { asked, answer: await api.get<http.Wallet>(path`/wallets/${viewer}`, signal) };
    },
    [api, viewer],
  );
  const { value, again } = useAsked(ask, limits.walletEveryMs);
  useEffect(() => {
    if (value) setTold((before) => answered(value.answer, value.asked, before));
  }, [value]);
  const take = useCallback((receipt: Receipt) => setTold((before) => newer(receipt, before)), []);
  return { balance: told?.balance, take, again };
};
