import { gatheringOf, projectionOf, type UnitTerms } from '@carat/projections';
import type { Unit } from '@carat/protocol';
import { createWriter, type RedisClient, type Writer } from '@carat/read-models';
import type { Taking } from './batches.ts';
import { limits } from './limits.ts';

/** A unit of a generation: what it is a part of, and how many units the generation holds. */
export type Place = { readonly generation: string; readonly unit: Unit; readonly units: number };

/** What works on a unit of one generation. */
export type Work = Omit<Taking, 'skipped'> & {
  readonly place: Place;
  readonly terms: UnitTerms;
  readonly writer: Writer;
};

/** @throws RangeError for the unit of a board without its definition */
export const createWork = (redis: RedisClient, place: Place, terms: UnitTerms): Work => {
  const { generation, unit, units } = place;
  const knownTotals = Math.floor(limits.knownTotals / units);
  return {
    place,
    terms,
    unit,
    units,
    project: projectionOf(unit, terms),
    gather: () => gatheringOf(unit, terms),
    writer: createWriter(redis, generation, unit, { knownTotals }),
  };
};
