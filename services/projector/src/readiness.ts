import type { EventStore } from '@carat/event-store';
import { unitNames } from '@carat/projections';
import type { Health } from '@carat/service-kit';
import type { Redis } from 'ioredis';
import { describePace } from './filling-pace.ts';
import { limits } from './limits.ts';
import type { Units } from './units.ts';
import type { Watchdog } from './watchdog.ts';

type Dependencies = {
  readonly store: EventStore;
  readonly redis: Redis;
  readonly units: Units;
  readonly watchdog: Watchdog;
};

/** What the projector needs, each as a check of its own. */
export const addChecks = (health: Health, { store, redis, units, watchdog }: Dependencies): void => {
  health.add('event store', async () => {
    await store.head();
    return watchdog.damage();
  });

  health.add('redis', async () => {
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1];
    if (policy === undefined || policy === 'noeviction') return undefined;
    return `maxmemory-policy is ${policy}: numbers may vanish one by one, set it to noeviction`;
  });

  for (const unit of unitNames) {
    health.add(`unit ${unit}`, async () => {
      const poison = await units.poisonOf(unit);
      if (poison) return `stopped at event ${poison.event}: ${poison.fault}`;
      const seen = watchdog.seen(unit);
      if (!seen?.checkpoint?.complete) return seen?.pace ? describePace(seen.pace) : 'rebuilding';
      const behindMs = performance.now() - seen.keptUpAt;
      if (seen.lag === 0 || behindMs < limits.lateMs) return undefined;
      const many = seen.lag < limits.lagEvents ? String(seen.lag) : `at least ${seen.lag}`;
      return `${many} events behind the log for ${Math.round(behindMs / 1000)} s`;
    });
  }
};
