import { type FormEvent, useMemo, useState } from 'react';
import { type Api, path } from '../shared/api.ts';
import { limits } from '../shared/limits.ts';
import { useAsked } from '../shared/use-asked.ts';
import { sayError } from '../shared/words.ts';

export type Blocks = {
  readonly viewers: readonly string[];
  readonly fault: unknown;
  readonly block: (viewer: string) => Promise<void>;
  readonly unblock: (viewer: string) => Promise<void>;
};

/** From whom a live takes no gifts, and changing it. */
export const useBlocks = (api: Api, live: string): Blocks => {
  const ask = useMemo(() => (signal: AbortSignal) => readBlocks(api, live, signal), [api, live]);
  const { value, again } = useAsked(ask, limits.livesEveryMs);
  const [fault, setFault] = useState<unknown>();
  const change = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
      setFault(undefined);
      again();
    } catch (error) {
      setFault(error);
    }
  };
  return {
    viewers: value ?? [],
    fault,
    block: (viewer) => change(() => api.send('POST', path`/lives/${live}/blocks`, { viewer })),
    unblock: (viewer) => change(() => api.send('DELETE', path`/lives/${live}/blocks/${viewer}`)),
  };
};

const readBlocks = async (api: Api, live: string, signal: AbortSignal): Promise<string[]> => {
  const viewers: string[] = [];
  for (let [page, after] = [0, '']; page < limits.maxPages; page++) {
    const question = `${path`/lives/${live}/blocks`}?limit=${limits.pageEntries}${after}`;
    const answer = await api.get<{ viewers: string[]; next: string | null }>(question, signal);
    viewers.push(...answer.viewers);
    if (answer.next === null) break;
    after = `&after=${encodeURIComponent(answer.next)}`;
  }
  return viewers;
};

export const BlockButton = ({ viewer, blocks }: { readonly viewer: string; readonly blocks: Blocks }) => {
  const isBlocked = blocks.viewers.includes(viewer);
  return (
    <button
      type="button"
      className="quiet small"
      onClick={() => void (isBlocked ? blocks.unblock(viewer) : blocks.block(viewer))}
      aria-label={isBlocked ? `Let ${viewer} back in` : `Block ${viewer}`}
    >
      {isBlocked ? 'Let back in' : 'Block'}
    </button>
  );
};

/** Blocks a viewer by its id, and lists those who are blocked. */
export const BlockDesk = ({ blocks }: { readonly blocks: Blocks }) => {
  const [viewer, setViewer] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void blocks.block(viewer.trim()).then(() => setViewer(''));
  };
  return (
    <>
      <form className="row-form" onSubmit={submit}>
        <label htmlFor="block">Viewer</label>
        <input
          id="block"
          value={viewer}
          onChange={(event) => setViewer(event.target.value)}
          required
          autoComplete="off"
          spellCheck={false}
        />
        <button type="submit">Block</button>
      </form>
      <div role="status">
        {blocks.fault !== undefined && <p className="field-fault">{sayError(blocks.fault)}</p>}
      </div>
      {blocks.viewers.length === 0 && <p className="empty">Nobody is blocked in this live.</p>}
      <ul className="blocked">
        {blocks.viewers.map((id) => (
          <li key={id}>
            <span className="who">{id}</span>
            <BlockButton viewer={id} blocks={blocks} />
          </li>
        ))}
      </ul>
    </>
  );
};
