import type { Event } from '@carat/domain';
import type { Change } from './changes.ts';

/**
 * One read model: what an event at a place of the log changes in it. Depends on nothing else, no clock
 * either.
 */
export type Projection = (event: Event, position: string) => readonly Change[];

export const nothing: readonly Change[] = [];
