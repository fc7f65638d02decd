import { kindOf } from '@carat/protocol';
import type { RedisClient } from './connection.ts';
import { activeGeneration } from './generations.ts';
import { channelOf } from './keys.ts';
import type { UnitMessage } from './messages.ts';

/** How often it is looked at which generation is active. */
const pointerEveryMs = 1_000;
/** A unit says something every second: who hears nothing for so long has lost it. */
const maxUnitSilenceMs = 2_000;

type Listener = {
  readonly onMessage: (message: UnitMessage) => void;
  /** Called about once a second while one of the units, or everything, is not heard. */
  readonly onSilence?: () => void;
  /** Asked before a message is parsed: one that nobody wants counts as missed. */
  readonly isWanted?: () => boolean;
};

/**
 * Listens to what all units of creators say, across reconnects and changes of the active generation. What is
 * said while the connection is down is lost: the unit's next message then begins elsewhere than at the last
 * place heard of.
 * @param subscriber a connection for this alone, speaking RESP3 (the client's default).
 */
export const subscribeToCreators = async (
  subscriber: RedisClient,
  { onMessage, onSilence, isWanted = () => true }: Listener,
): Promise<{ close(): Promise<void> }> => {
  /** By channel, when something was heard on it, on the process's own monotonic clock. */
  const heardAt = new Map<string, number>();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const listen = (channel: string, text: string): void => {
    if (closed || !heardAt.has(channel)) return;
    heardAt.set(channel, performance.now());
    if (isWanted()) onMessage(JSON.parse(text) as UnitMessage);
  };
  const follow = async (): Promise<void> => {
    const active = await activeGeneration(subscriber);
    if (closed) return;
    const wanted = (active?.units ?? [])
      .filter((unit) => kindOf(unit) === 'creators')
      .map((unit) => channelOf(active!.generation, unit));
    for (const channel of wanted) {
      if (heardAt.has(channel)) continue;
      // From now on: what is said is heard before the answer to the subscription is.
      heardAt.set(channel, performance.now());
      await subscriber.ssubscribe(channel).catch((error: unknown) => {
        heardAt.delete(channel);
        throw error;
      });
    }
    for (const channel of [...heardAt.keys()].filter((known) => !wanted.includes(known))) {
      heardAt.delete(channel);
      await subscriber.sunsubscribe(channel);
    }
  };
  const isSilent = (): boolean => {
    const before = performance.now() - maxUnitSilenceMs;
    return heardAt.size === 0 || [...heardAt.values()].some((at) => at < before);
  };
  const followOn = async (): Promise<void> => {
    await follow().catch(() => {
      // Redis is away: the next round finds it again, and the client subscribes again by itself.
    });
    if (closed) return;
    if (isSilent()) onSilence?.();
    timer = setTimeout(followOn, pointerEveryMs);
  };

  subscriber.on('smessage', listen);
  await followOn();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      subscriber.off('smessage', listen);
      if (subscriber.status !== 'ready') return;
      for (const channel of heardAt.keys()) await subscriber.sunsubscribe(channel);
    },
  };
};
