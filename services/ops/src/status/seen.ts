import type { LogStands } from './log.ts';
import type { UnitProgress } from './progress.ts';
import type { RedisStands } from './redis.ts';

/** What was seen of a system. */
export type Seen = {
  /** Null where it cannot be read. */
  readonly log: LogStands | null;
  readonly redis: RedisStands | null;
  /** How far units are, by generation and unit; empty where the log or Redis cannot be read. */
  readonly progress: Readonly<Record<string, Readonly<Record<string, UnitProgress>>>>;
  /** Units of the active generation that are behind and did not move while they were watched. */
  readonly still: readonly string[];
};
