import type { StoredEvent } from '@carat/event-store';
import type { Differences } from '../../outcome.ts';
import { nameOf } from '../stored.ts';

/** Streams that hold one event for ever: nothing needs to be remembered of them. */
const single = 'grant-';

export type Revisions = {
  see(event: StoredEvent): void;
  /** The revision of the last event seen, of all streams that may have more than one. */
  ends(): Iterable<readonly [stream: string, last: number]>;
};

/** Every stream's revisions begin at 0 and have no gaps. */
export const createRevisions = (differences: Differences): Revisions => {
  const last = new Map<string, number>();
  return {
    see: (event) => {
      const { stream, revision } = event;
      const expected = (last.get(stream) ?? -1) + 1;
      if (revision !== expected) differences.add(`${nameOf(event)}: revision ${expected} should come here.`);
      if (!stream.startsWith(single)) last.set(stream, revision);
    },
    ends: () => last,
  };
};
