import type { http } from '@carat/protocol';
import { useMemo } from 'react';
import type { Api } from './api.ts';
import { limits } from './limits.ts';
import { useAsked } from './use-asked.ts';

type Page = { readonly gifts: readonly http.Gift[]; readonly next: string | null };

/** All gifts, retired ones too, by id; undefined until they are known. */
export const useCatalogue = (api: Api): ReadonlyMap<string, http.Gift> | undefined => {
  const ask = useMemo(
    () => async (signal: AbortSignal) => {
      const gifts = new Map<string, http.Gift>();
      for (let [page, after] = [0, '']; page < limits.maxPages; page++) {
        const from = after && `&after=${encodeURIComponent(after)}`;
        const answer = await api.get<Page>(`/catalogue?limit=${limits.pageEntries}${from}`, signal);
        for (const gift of answer.gifts) gifts.set(gift.gift, gift);
        if (answer.next === null) break;
        after = answer.next;
      }
      return gifts;
    },
    [api],
  );
  return useAsked(ask, limits.seldomEveryMs).value;
};
