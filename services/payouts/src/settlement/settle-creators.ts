import {
  type DayEarnings,
  type Earnings,
  type Event,
  earningsEventTypes,
  initialEarnings,
  readEventOf,
  type Settlement,
  settleDiamonds,
  streams,
} from '@carat/domain';
import { appendSurely, type EventStore, type Expected, type StreamWrite } from '@carat/event-store';
import type { Clock } from '@carat/service-kit';
import { toStored } from '../append.ts';
import { limits } from '../limits.ts';

type Dependencies = { readonly store: EventStore; readonly clock: Clock };

/** As much of a creator's earnings as settling a day asks for. */
type Tail = { readonly earnings: Earnings; readonly expected: Expected };

/**
 * Reads a creator's stream backwards until a day that is not after this one: days are settled in order, so
 * what is older need not be known.
 */
const readTail = async (store: EventStore, creator: string, day: string): Promise<Tail> => {
  let expected: Expected = 'no_stream';
  let at = 0;
  for (let from: number | undefined; ; ) {
    const page = await store.readStream(streams.earnings(creator), {
      direction: 'backwards',
      limit: limits.tailEvents,
      ...(from !== undefined && { from }),
    });
    for (const stored of page.exists ? page.events : []) {
      const { type, data } = readEventOf(earningsEventTypes, stored);
      if (expected === 'no_stream') [expected, at] = [stored.revision, data.at];
      if (type === 'DiamondsSettled' && data.day <= day) {
        const settled = { millidiamonds: BigInt(data.millidiamonds), hash: data.hash };
        return { expected, earnings: { ...initialEarnings, at, days: new Map([[data.day, settled]]) } };
      }
    }
    const oldest = page.exists ? page.events.at(-1)?.revision : undefined;
    if (oldest === undefined || oldest === 0) return { expected, earnings: { ...initialEarnings, at } };
    from = oldest - 1;
  }
};

const decideOn = async (
  { store, clock }: Dependencies,
  earned: DayEarnings,
  settlement: Settlement,
): Promise<StreamWrite | undefined> => {
  const { creator, day } = earned;
  const { earnings, expected } = await readTail(store, creator, day);
  const decision = settleDiamonds(earned, clock.now(), earnings, settlement);
  if (decision.refused) throw new Error(`${creator} can't be settled for ${day}: ${decision.refusal}.`);
  const events: readonly Event<'DiamondsSettled'>[] = decision.events;
  return events.length === 0
    ? undefined
    : { stream: streams.earnings(creator), expected, events: toStored(events) };
};

/**
 * Settles what some creators earned in a closed day, each once, whoever else settles it too: creators whose
 * streams somebody wrote to meanwhile are read and decided again, the rest is sent as it is.
 * @param earned of one day, `limits.settleStreams` at most
 * @returns for how many this call did it
 * @throws EventStoreError; Error where a day was settled as something else than the log's gifts
 */
export const settleCreators = async (
  dependencies: Dependencies,
  earned: readonly DayEarnings[],
  settlement: Settlement,
): Promise<number> => {
  const left = new Map(earned.map((each) => [streams.earnings(each.creator), each]));
  const writes = new Map<string, StreamWrite>();
  for (let round = 0; round < limits.settleRounds; round++) {
    for (const [stream, each] of left) {
      if (writes.has(stream)) continue;
      const write = await decideOn(dependencies, each, settlement);
      if (write) writes.set(stream, write);
      else left.delete(stream);
    }
    if (writes.size === 0) return 0;
    const result = await appendSurely(dependencies.store, [...writes.values()]);
    if (result.appended) return writes.size;
    for (const { stream } of result.conflicts) writes.delete(stream);
  }
  throw new Error('Others wrote to the earnings of creators all the time: their day is not settled yet.');
};
