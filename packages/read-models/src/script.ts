import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisClient } from './connection.ts';

export type Script = (
  redis: RedisClient,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

/** Takes up a Lua file beside this one; Redis is sent the whole text only when it does not know it yet. */
export const loadScript = (file: string): Script => {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const sha = createHash('sha1').update(text).digest('hex');
  return async (redis, keys, args) => {
    const rest = [keys.length, ...keys, ...args];
    try {
      return await redis.call('EVALSHA', [sha, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await redis.call('EVAL', [text, ...rest]);
    }
  };
};
