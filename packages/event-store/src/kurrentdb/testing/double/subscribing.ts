import { randomUUID } from 'node:crypto';
import { encodeCaughtUp, encodeCheckpoint, encodeConfirmation, encodeEvent } from './encode.ts';
import { filterOf } from './filters.ts';
import type { Node } from './node.ts';
import type { ReadCall } from './reading.ts';
import { isBoundary } from './reading.ts';
import { invalid } from './statuses.ts';
import type { streams } from './wire.ts';

/** Events looked at per page, where the client names no window. Source: server, Enumerator.cs */
const defaultWindow = 32;

/**
 * A subscription to the log: what comes after a place, then what is written, for ever.
 * Sources: server, Transport/Enumerators/Enumerator.AllSubscriptionFiltered.cs, SubscriptionsService.cs
 */
export async function* subscribe(
  { log, now }: Node,
  call: ReadCall,
  options: streams.ReadReq.Options,
): AsyncGenerator<Uint8Array> {
  const all = options.getAll();
  if (!all) throw invalid('The combination is invalid.');
  const filter = filterOf(options.getFilter());
  const interval = checkpointInterval(options);
  const head = log.records.at(-1)?.position ?? -1;
  let place = all.hasEnd() ? head : all.hasStart() ? -1 : Number(all.getPosition()!.getCommitPosition());
  yield encodeConfirmation(randomUUID());

  // Where it begins at the head, it is live at once, without a checkpoint.
  let isLive = place >= head;
  if (isLive) yield encodeCaughtUp(place < 0 ? undefined : place, now());
  else if (place > 0 && !isBoundary(log, place)) throw invalid('Trying to read from an invalid position.');

  let considered = 0;
  while (!call.cancelled) {
    const record = log.records[log.indexAt(place + 1)];
    if (!record) {
      if (!isLive) {
        // A checkpoint before going live, so that a quiet filter does not look at all of it again.
        if (interval && place >= 0) yield encodeCheckpoint(place, now());
        yield encodeCaughtUp(place < 0 ? undefined : place, now());
        isLive = true;
        considered = 0;
      }
      await growth(log, call);
      continue;
    }
    place = record.position;
    considered++;
    if (filter(record)) yield encodeEvent(record);
    if (interval && considered >= interval) {
      considered = 0;
      yield encodeCheckpoint(place, now());
    }
  }
}

/** Events looked at between two checkpoints; none are sent without a filter. */
const checkpointInterval = (options: streams.ReadReq.Options): number | undefined => {
  const filter = options.getFilter();
  if (!filter) return undefined;
  return filter.getCheckpointintervalmultiplier() * (filter.hasMax() ? filter.getMax() : defaultWindow);
};

const growth = (log: Node['log'], call: ReadCall): Promise<void> =>
  new Promise((resolve) => {
    const stop = log.onGrowth(done);
    call.on('cancelled', done);
    function done() {
      stop();
      call.off('cancelled', done);
      resolve();
    }
  });
