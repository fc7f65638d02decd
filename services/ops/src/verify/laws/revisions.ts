import type { StoredEvent } from '@carat/event-store';
import type { Differences } from '../../outcome.ts';
import { nameOf } from '../stored.ts';

/** Streams that hold one event for ever: nothing needs to be remembered of them. */
const single = 'grant-';

/** Every stream's revisions begin at 0 and have no gaps. */
export const createRevisions = (differences: Differences): { see(event: StoredEvent): void } => {
  const next = new Map<string, number>();
  return {
    see: (event) => {
      const { stream, revision } = event;
      const expected = next.get(stream) ?? 0;
      if (revision !== expected) differences.add(`${nameOf(event)}: revision ${expected} should come here.`);
      if (!stream.startsWith(single)) next.set(stream, revision + 1);
    },
  };
};
