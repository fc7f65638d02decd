import type { EventStore, Position } from '@carat/event-store';
import { createRebuildReport, type RebuildPhase, type RedisClient } from '@carat/read-models';
import { limits } from '../limits.ts';

/** Where the unit that has come least far stands, and how many events it has looked at. */
type Look = () => Promise<{ readonly position: string | null; readonly events: number }>;

/** Says in Redis how far a rebuild is, now and then, and counts how fast it goes. */
export const createProgress = (
  { redis, store }: { readonly redis: RedisClient; readonly store: EventStore },
  { generation, replaces }: { readonly generation: string; readonly replaces: string },
) => {
  const report = createRebuildReport(redis);
  const since = Date.now();
  const began = performance.now();
  let saidAt = Number.NEGATIVE_INFINITY;
  let events = 0;
  let phase: RebuildPhase = 'filling';
  let differences: number | null = null;
  let fault: string | null = null;
  let position: string | null = null;
  let first: string | null | undefined;
  let looking: Look | undefined;

  /**
   * Places are not everywhere numbers without gaps, so what is left is judged by how much of the way so many
   * events were.
   */
  const remainingTo = (head: string | null): number | null => {
    if (head === null || position === null) return null;
    const [from, at, end] = [first ?? '0', position, head].map(Number) as [number, number, number];
    if (at >= end) return 0;
    return at > from && events > 0 ? Math.round((events * (end - at)) / (at - from)) : null;
  };

  const lookAgain = async (): Promise<void> => {
    if (looking === undefined) return;
    const now = await looking();
    if (first === undefined) first = position;
    position = now.position;
    events = now.events;
  };

  const say = async (): Promise<void> => {
    const head = ((await store.head())?.position ?? null) as Position | null;
    const seconds = (performance.now() - began) / 1_000;
    await report.say({
      generation,
      replaces,
      phase,
      events,
      perSecond: seconds > 0 ? Math.round(events / seconds) : 0,
      remaining: remainingTo(head),
      position,
      head,
      differences,
      fault,
      since,
      at: Date.now(),
    });
  };

  return {
    report,
    count(found: number): void {
      differences = found;
    },
    async enter(next: RebuildPhase, why: string | null = fault): Promise<void> {
      phase = next;
      fault = why;
      await lookAgain();
      await say();
      saidAt = performance.now();
    },
    /** @returns whether it was time, and it was said */
    async sayInTime(look: Look): Promise<boolean> {
      looking = look;
      if (performance.now() - saidAt < limits.rebuildSayMs) return false;
      saidAt = performance.now();
      await lookAgain();
      await say();
      return true;
    },
  };
};

export type Progress = ReturnType<typeof createProgress>;
