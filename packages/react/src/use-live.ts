import type { Carat, Watching } from '@carat/client';
import type { LiveGoal } from '@carat/protocol';
import { useEffect, useState } from 'react';
import { hear } from './heard.ts';

/** Numbers never go back; undefined until they are known. `error`: why the live cannot be watched. */
export type LiveView = Partial<Pick<Watching, 'numbers' | 'snapshot'>> & {
  readonly status: Watching['status'];
  /** As told last, also while the numbers are unknown. */
  readonly goal: LiveGoal | null;
  readonly ended: boolean;
  readonly watching?: Watching;
  readonly error?: Error;
};

const nothing: LiveView = { status: 'waiting', goal: null, ended: false };

/** Watches a live while the component is there. */
export const useLive = (carat: Carat | undefined, live: string): LiveView => {
  const [view, set] = useState(nothing);
  useEffect(() => {
    if (!carat) return;
    let gone = false;
    const watching = carat.watch(live);
    const tell = (news: Partial<LiveView>): void => {
      if (!gone) set((old) => ({ ...old, ...news, ended: old.ended || news.ended === true, watching }));
    };
    hear(watching);
    watching.on('tick', (numbers) => tell({ numbers, goal: numbers.goal, ended: numbers.ended }));
    watching.on('snapshot', (snapshot) => tell({ snapshot, goal: snapshot.goal, ended: snapshot.ended }));
    watching.on('status', (status) => tell({ status }));
    watching.ready.catch((error) => tell({ error }));
    tell({ status: watching.status });
    return () => {
      gone = true;
      watching.close();
      set(nothing);
    };
  }, [carat, live]);
  return view;
};
