import type { Decision, Event } from '@carat/domain';
import type { EventStore, Expected } from '@carat/event-store';
import type { Refusal } from '@carat/protocol';
import { writeOf } from './append.ts';
import { decideAndAppend } from './decide-and-append.ts';
import type { InTurn } from './turns.ts';

export type Changing = {
  readonly store: EventStore;
  readonly inTurn: InTurn;
  readonly newId: () => string;
};

type Change<At, E, Answer> = {
  /** How the stream stands, as of a read that begins after the call. */
  readonly read: () => Promise<At>;
  readonly decide: (at: At) => Decision<E>;
  /** What is answered once the events are there; without any nothing is to change. */
  readonly answer: (at: At, events: readonly E[]) => Answer | Refusal;
};

/**
 * Changes one stream as `decide` says, at exactly the revision that was read; asked anew whenever somebody
 * else was faster. @throws EventStoreError
 */
export const changeStream = <
  At extends { readonly expected: Expected },
  E extends Event,
  Answer extends object,
>(
  { store, inTurn, newId }: Changing,
  stream: string,
  { read, decide, answer }: Change<At, E, Answer>,
): Promise<Answer | Refusal> =>
  inTurn(stream, () =>
    decideAndAppend<Answer>(store, async () => {
      const at = await read();
      const decision = decide(at);
      if (decision.refused) return { writes: [], answer: decision.refusal };
      const { events } = decision;
      const writes = events.length > 0 ? [writeOf(stream, at.expected, events, newId)] : [];
      return { writes, answer: answer(at, events) };
    }),
  );
