import { comparePositions } from '@carat/client';
import type { AsOf } from '@carat/protocol';

type Numbers = { readonly asOf: AsOf };

/** Whether numbers take the place of others: those of a later place, or of another generation. */
export const isNewer = (next: Numbers, before: Numbers): boolean =>
  next.asOf.generation !== before.asOf.generation ||
  comparePositions(next.asOf.position, before.asOf.position) >= 0;
