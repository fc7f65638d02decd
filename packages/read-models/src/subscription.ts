import type { Redis } from 'ioredis';
import { activeGeneration } from './generations.ts';
import { channelOf } from './keys.ts';
import type { UnitMessage } from './messages.ts';

/** How often it is looked at which generation is active. */
const pointerEveryMs = 1_000;

/**
 * Listens to what a unit says, across reconnects and changes of the active generation. What is said while the
 * connection is down is lost: the next message then begins elsewhere than at the last place heard of.
 * @param isWanted asked before a message is parsed: one that nobody wants counts as missed.
 * @param subscriber a connection for this alone, speaking RESP3 (the client's default).
 */
export const subscribeToUnit = async (
  subscriber: Redis,
  unit: 'creators',
  onMessage: (message: UnitMessage) => void,
  isWanted: () => boolean = () => true,
): Promise<{ close(): Promise<void> }> => {
  let channel: string | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const listen = (from: string, text: string): void => {
    if (from === channel && !closed && isWanted()) onMessage(JSON.parse(text) as UnitMessage);
  };
  const follow = async (): Promise<void> => {
    const active = await activeGeneration(subscriber);
    const next = active && channelOf(active.generation, unit);
    if (next === channel || closed) return;
    const left = channel;
    if (next !== undefined) await subscriber.ssubscribe(next);
    channel = next;
    if (left !== undefined) await subscriber.sunsubscribe(left);
  };
  const followOn = async (): Promise<void> => {
    await follow().catch(() => {
      // Redis is away: the next round finds it again, and the client subscribes again by itself.
    });
    if (!closed) timer = setTimeout(followOn, pointerEveryMs);
  };

  subscriber.on('smessage', listen);
  await followOn();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      subscriber.off('smessage', listen);
      if (channel !== undefined && subscriber.status === 'ready') await subscriber.sunsubscribe(channel);
    },
  };
};
