import type { EventStore } from '@carat/event-store';
import { kindOf, type Unit } from '@carat/protocol';
import { type Generation, mastersOf, type RedisClient } from '@carat/read-models';
import type { Health } from '@carat/service-kit';
import { describePace } from './filling-pace.ts';
import { limits } from './limits.ts';
import type { Units } from './units.ts';
import type { Watchdog } from './watchdog.ts';

type Dependencies = {
  readonly store: EventStore;
  readonly redis: RedisClient;
  readonly units: Units;
  readonly watchdog: Watchdog;
  /** The generation that is filled, as it was when last looked at. */
  readonly generation: () => Generation | undefined;
};

/** What the projector needs, each as a check of its own. */
export const addChecks = (
  health: Health,
  { store, redis, units, watchdog, generation }: Dependencies,
): void => {
  health.add('event store', async () => {
    await store.head();
    return watchdog.damage();
  });

  health.add('redis', async () => {
    for (const node of await mastersOf(redis)) {
      const policy = /maxmemory_policy:(\S+)/.exec(await node.info('memory'))?.[1];
      if (policy === undefined || policy === 'noeviction') continue;
      return `maxmemory-policy is ${policy}: numbers may vanish one by one, set it to noeviction`;
    }
    return undefined;
  });

  const faultOf = async (unit: Unit): Promise<string | undefined> => {
    const poison = await units.poisonOf(unit);
    if (poison) return `stopped at event ${poison.event}: ${poison.fault}`;
    const seen = watchdog.seen(unit);
    if (!seen?.checkpoint?.complete) return seen?.pace ? describePace(seen.pace) : 'rebuilding';
    const behindMs = performance.now() - seen.keptUpAt;
    if (seen.lag === 0 || behindMs < limits.lateMs) return undefined;
    const many = seen.lag < limits.lagEvents ? String(seen.lag) : `at least ${seen.lag}`;
    return `${many} events behind the log for ${Math.round(behindMs / 1000)} s`;
  };

  // Boards of operators are not among them: while one of those is filled, all other numbers are complete.
  for (const kind of ['creators', 'boards'] as const) {
    health.add(`unit ${kind}`, async () => {
      const held: readonly Unit[] = generation()?.units ?? [];
      const ofKind = held.filter((unit) => kindOf(unit) === kind);
      if (ofKind.length === 0) return 'rebuilding';
      for (const unit of ofKind) {
        const fault = await faultOf(unit);
        if (fault !== undefined) return unit === kind ? fault : `${unit}: ${fault}`;
      }
      return undefined;
    });
  }
};
