import { accept, type Decision, nothing, refuse } from './decision.ts';
import type { Event, LiveEvent } from './events.ts';

/** Reached when the live has brought in so many coins. */
export type Goal = { readonly title: string; readonly coins: number };

/** Viewers that one live may block. */
export const maxBlockedPerLive = 10_000;

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
      readonly goal: Goal | null;
      /** Viewers from whom the live takes no gifts. */
      readonly blocked: ReadonlySet<string>;
    };
export type KnownLive = Exclude<Live, { status: 'unknown' }>;

export const initialLive: Live = { status: 'unknown' };

export const liveEventTypes = [
  'LiveStarted',
  'LiveEnded',
  'LiveGoalSet',
  'ViewerBlocked',
  'ViewerUnblocked',
] as const;

export const evolveLive = (live: Live, event: LiveEvent): Live => {
  switch (event.type) {
    case 'LiveStarted': {
      const { at, live: id, creator, title } = event.data;
      const begun = { live: id, creator, title, startedAt: at, endedAt: null };
      return { status: 'running', ...begun, goal: null, blocked: new Set() };
    }
    default:
      return live.status === 'unknown' ? live : evolveKnown(live, event);
  }
};

/** What many events make of a live: whom it blocks is copied once, not at each of them. */
export const foldLive = (live: Live, events: Iterable<LiveEvent>): Live => {
  let folded = live;
  let blocked: Set<string> | undefined;
  for (const event of events) {
    const isOfBlocks = event.type === 'ViewerBlocked' || event.type === 'ViewerUnblocked';
    if (folded.status === 'unknown' || !isOfBlocks) {
      folded = evolveLive(folded, event);
      continue;
    }
    blocked ??= new Set(folded.blocked);
    if (event.type === 'ViewerBlocked') blocked.add(event.data.viewer);
    else blocked.delete(event.data.viewer);
  }
  return blocked === undefined || folded.status === 'unknown' ? folded : { ...folded, blocked };
};

const evolveKnown = (live: KnownLive, event: Exclude<LiveEvent, { type: 'LiveStarted' }>): KnownLive => {
  switch (event.type) {
    case 'LiveEnded':
      return { ...live, status: 'ended', endedAt: event.data.at };
    case 'LiveGoalSet': {
      const { title, coins } = event.data;
      return { ...live, goal: coins === 0 ? null : { title, coins } };
    }
    case 'ViewerBlocked':
      return { ...live, blocked: new Set([...live.blocked, event.data.viewer]) };
    case 'ViewerUnblocked':
      return { ...live, blocked: new Set([...live.blocked].filter((each) => each !== event.data.viewer)) };
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

type Of = { readonly by: string; readonly now: number };

/** Sets the goal of a running live, or takes it away; the same goal again decides nothing. */
export const setGoal = (
  { goal, by, now }: Of & { readonly goal: Goal | null },
  live: Live,
): Decision<Event<'LiveGoalSet'>> => {
  if (live.status === 'unknown') return refuse('live_unknown');
  if (live.status === 'ended') return refuse('live_ended');
  const same = goal?.title === live.goal?.title && goal?.coins === live.goal?.coins;
  if (same) return nothing;
  const { title, coins } = goal ?? { title: '', coins: 0 };
  return accept({ type: 'LiveGoalSet', data: { ...ofLive(live, by, now), title, coins } });
};

/** Blocks a viewer in a live, from now on and also after its end; doing so again decides nothing. */
export const blockViewer = (
  { viewer, by, now }: Of & { readonly viewer: string },
  live: Live,
): Decision<Event<'ViewerBlocked'>> => {
  if (live.status === 'unknown') return refuse('live_unknown');
  if (live.blocked.has(viewer)) return nothing;
  if (live.blocked.size >= maxBlockedPerLive) return refuse('too_many_blocked');
  return accept({ type: 'ViewerBlocked', data: { ...ofLive(live, by, now), viewer } });
};

/** Takes a block back; where there is none, decides nothing. */
export const unblockViewer = (
  { viewer, by, now }: Of & { readonly viewer: string },
  live: Live,
): Decision<Event<'ViewerUnblocked'>> => {
  if (live.status === 'unknown') return refuse('live_unknown');
  if (!live.blocked.has(viewer)) return nothing;
  return accept({ type: 'ViewerUnblocked', data: { ...ofLive(live, by, now), viewer } });
};

const ofLive = ({ live, creator, startedAt }: KnownLive, by: string, now: number) => ({
  live,
  creator,
  by,
  at: Math.max(now, startedAt),
});
