import { accept, type Decision, nothing, refuse } from './decision.ts';
import type { Event, LiveEvent } from './events.ts';

/** One live session of one creator. Stream: `live-<liveId>`. */
export type Live =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'running' | 'ended';
      readonly live: string;
      readonly creator: string;
      readonly title: string | null;
      readonly startedAt: number;
      readonly endedAt: number | null;
    };
export type KnownLive = Exclude<Live, { status: 'unknown' }>;

export const initialLive: Live = { status: 'unknown' };

export const liveEventTypes = ['LiveStarted', 'LiveEnded'] as const;

export const evolveLive = (live: Live, event: LiveEvent): Live => {
  switch (event.type) {
    case 'LiveStarted': {
      const { at, live: id, creator, title } = event.data;
      return { status: 'running', live: id, creator, title, startedAt: at, endedAt: null };
    }
    case 'LiveEnded':
      return live.status === 'unknown' ? live : { ...live, status: 'ended', endedAt: event.data.at };
  }
};

export type StartLive = {
  readonly live: string;
  readonly creator: string;
  readonly title: string | null;
  readonly by: string;
  readonly now: number;
};

/** Starts a live; the same start again, while it runs, decides nothing. */
export const startLive = (command: StartLive, live: Live): Decision<Event<'LiveStarted'>> => {
  if (live.status === 'ended') return refuse('live_ended');
  if (live.status === 'running') {
    return live.creator === command.creator ? nothing : refuse('live_exists_already');
  }
  const { now: at, ...rest } = command;
  return accept({ type: 'LiveStarted', data: { ...rest, at } });
};

export type EndLive = { readonly by: string; readonly now: number };

/** Ends a live; ending it again decides nothing. */
export const endLive = (command: EndLive, live: Live): Decision<Event<'LiveEnded'>> => {
  if (live.status === 'unknown') return refuse('live_unknown');
  if (live.status === 'ended') return nothing;
  return accept({
    type: 'LiveEnded',
    data: {
      live: live.live,
      creator: live.creator,
      by: command.by,
      at: Math.max(command.now, live.startedAt),
    },
  });
};
