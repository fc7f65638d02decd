import { useCallback, useMemo, useState } from 'react';
import type { Api } from './api.ts';
import { limits } from './limits.ts';
import { useAsked } from './use-asked.ts';

/** One page of a list, and what to send back for the one behind it. */
type Page<E> = { readonly entries: readonly E[]; readonly next: string | null };

export type Pages<E> = {
  /** Undefined until they are known. */
  readonly entries: readonly E[] | undefined;
  readonly error: unknown;
  /** Shows one page more; undefined where there is none. */
  readonly more: (() => void) | undefined;
  readonly again: () => void;
};

/** Reads so many pages one after the other; `ask` is given the query of each. */
export const readPages = async <E>(
  ask: (query: string) => Promise<Page<E>>,
  cursor: string,
  pages: number,
): Promise<{ readonly entries: readonly E[]; readonly isMore: boolean }> => {
  const entries: E[] = [];
  let next: string | null = null;
  for (let page = 0; page < pages; page++) {
    const from: string = next === null ? '' : `&${cursor}=${encodeURIComponent(next)}`;
    const answer = await ask(`limit=${limits.shortPageEntries}${from}`);
    entries.push(...answer.entries);
    next = answer.next;
    if (next === null) break;
  }
  return { entries, isMore: next !== null };
};

/**
 * A list that is read page by page as far as somebody wants to see it, and kept up to date as far as that.
 * @param cursor what the api calls that which is sent back for the next page
 * @param read the same function for as long as the list is the same
 */
export const usePages = <P, E>(
  api: Api,
  path: string,
  cursor: 'before' | 'after',
  read: (page: P) => Page<E>,
  everyMs: number,
): Pages<E> => {
  const [pages, setPages] = useState(1);
  const ask = useMemo(
    () => (signal: AbortSignal) =>
      readPages(async (query) => read(await api.get<P>(`${path}?${query}`, signal)), cursor, pages),
    [api, path, cursor, read, pages],
  );
  const { value, error, again } = useAsked(ask, everyMs);
  const [last, setLast] = useState(value);
  // While a page more is read, those before it go on being shown.
  if (value !== undefined && value !== last) setLast(value);
  const shown = value ?? last;
  const grow = useCallback(() => setPages((before) => before + 1), []);
  const more = shown?.isMore && pages < limits.maxPages ? grow : undefined;
  return { entries: shown?.entries, error, more, again };
};
