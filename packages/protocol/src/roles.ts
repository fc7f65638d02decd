import { z } from 'zod';

/**
 * Who may do what: `viewer` pays, `creator` earns, `service` is the platform's own back end, `operator` runs
 * it.
 */
export const role = z.enum(['viewer', 'creator', 'service', 'operator']);
export type Role = z.infer<typeof role>;
