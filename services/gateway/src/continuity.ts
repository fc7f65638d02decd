import type { UnitMessage } from '@carat/read-models';
import { limits } from './limits.ts';

/** Hands on what the units say without a hole: where messages are missed, all is read instead. */
export type Continuity = {
  take(message: UnitMessage): void;
  /** Something may have been missed: reads it. */
  heal(): void;
  close(): void;
};

type Hooks = {
  apply(message: UnitMessage): void;
  /** Reads all that messages could have brought, from now on. Rejects where that cannot be. */
  readAll(): Promise<void>;
  /** Whether there is anybody to read it for. */
  isWanted(): boolean;
};

/**
 * Each unit's messages are a chain: one says where it begins. What comes while missed ones are read is held,
 * up to a bound, and applied after them.
 */
export const openContinuity = ({ apply, readAll, isWanted }: Hooks): Continuity => {
  /** By unit, where it stood when it was last heard of. */
  const heard = new Map<string, { generation: string; position: string | null }>();
  let missed = false;
  let held: UnitMessage[] | undefined;

  const heal = async (): Promise<void> => {
    if (held || !isWanted()) return;
    held = [];
    missed = false;
    await readAll().catch(() => {
      missed = true;
    });
    const messages = held;
    held = undefined;
    if (!missed) messages.forEach(apply);
  };

  const again = setInterval(() => {
    if (missed) void heal();
  }, limits.healAgainMs);

  return {
    take(message) {
      const { generation, unit, previous, position } = message;
      const last = heard.get(unit);
      const same = last?.generation === generation ? last : undefined;
      const isRepeated = same?.position === position;
      heard.set(unit, { generation, position });
      if (!isRepeated && same?.position !== previous) missed = true;
      if (held && held.length < limits.maxHeldMessages) held.push(message);
      else if (held || missed) {
        missed = true;
        void heal();
      } else if (!isRepeated) apply(message);
    },
    heal() {
      missed = true;
      void heal();
    },
    close: () => clearInterval(again),
  };
};
