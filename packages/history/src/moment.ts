import { isOurStream } from '@carat/domain';
import {
  comparePositions,
  type EventStore,
  type Position,
  parsePosition,
  type StoredEvent,
  sealsStream,
} from '@carat/event-store';
import type { http } from '@carat/protocol';
import { findSealedPlace, type SealedPlace } from './seals.ts';
import { walkLog } from './walk.ts';

/** A moment as the log knows it. */
export type Resolved = {
  /** The last event that had happened; undefined where none had. */
  readonly position: Position | undefined;
  /** The log's time there: ms since 1970, null where nothing tells it. */
  readonly at: number | null;
};

/** What an event says of the time; of those that are none of ours nothing. */
const timeOf = ({ stream, data }: StoredEvent): number => {
  const isTold = isOurStream(stream) || stream === sealsStream;
  return isTold && typeof data.at === 'number' ? data.at : 0;
};

/**
 * How far the log had come at a moment. An instant means: to the last event covered by the last seal that
 * is not younger, then on as long as the latest time told by any event, seals among them, is not past it.
 * So a later instant never means an earlier place. What lies beyond the end of the log means its end.
 * @throws HistoryError, EventStoreError
 */
export const resolveMoment = async (
  store: EventStore,
  moment: http.Moment,
  signal?: AbortSignal,
): Promise<Resolved> => {
  const head = await store.head();
  if (head === undefined) return { position: undefined, at: null };
  if ('instant' in moment) {
    const { instant } = moment;
    const sealed = await findSealedPlace(store, (seal) => seal.at <= instant);
    return walkOn(store, sealed, head.position, (event) => timeOf(event) > instant, signal);
  }
  const asked = parsePosition(moment.position);
  const upTo = comparePositions(asked, head.position) < 0 ? asked : head.position;
  const sealed = await findSealedPlace(store, (seal) => comparePositions(seal.position, upTo) <= 0);
  return walkOn(store, sealed, upTo, () => false, signal);
};

const walkOn = async (
  store: EventStore,
  sealed: SealedPlace | undefined,
  upTo: Position,
  isPast: (event: StoredEvent) => boolean,
  signal: AbortSignal | undefined,
): Promise<Resolved> => {
  let position = sealed?.position;
  let at = sealed?.at ?? 0;
  const stands = (): Resolved => ({ position, at: at === 0 ? null : at });
  for await (const page of walkLog(store, { after: position, upTo, signal })) {
    for (const event of page) {
      if (isPast(event)) return stands();
      position = event.position;
      at = Math.max(at, timeOf(event));
    }
  }
  return stands();
};
