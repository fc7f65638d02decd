import { kindOf, type Unit } from '@carat/protocol';
import { emptyUnit, type RedisClient, readMark } from '@carat/read-models';
import { limits } from './limits.ts';

/**
 * Units that were found in the middle of an application while they are filled, and torn boards of operators.
 * Whoever is at it leaves another mark every few milliseconds; where one stands still, its process has died
 * and the unit begins anew.
 */
export const createHalfFilled = (redis: RedisClient) => {
  const seen = new Map<Unit, { readonly mark: string; readonly since: number }>();
  return {
    /** To be called from time to time as long as the unit is found so. @returns whether it was emptied */
    async look(generation: string, unit: Unit): Promise<boolean> {
      const mark = await readMark(redis, generation, unit);
      const known = seen.get(unit);
      if (mark === null) return false;
      if (known?.mark !== mark) seen.set(unit, { mark, since: performance.now() });
      if (known?.mark !== mark || performance.now() - known.since < limits.stillMarkMs) return false;
      seen.delete(unit);
      await emptyUnit(redis, generation, unit, mark, { mayBeComplete: kindOf(unit) === 'board' });
      return true;
    },
  };
};
