import type { http } from '@carat/protocol';
import { formatDateTime, formatNumber } from '../shared/format.ts';

/** The events that stop a unit, each until an operator decides. */
export const Parked = ({ redis }: { readonly redis: http.RedisStands | null }) => {
  if (redis === null) return <p className="empty">Not known while Redis cannot be reached.</p>;
  const generations = [redis.active, redis.candidate].filter((each) => each !== null);
  const parked = generations.flatMap(({ generation, units }) =>
    units.flatMap(({ unit, stoppedAt }) => (stoppedAt ? [{ generation, unit, ...stoppedAt }] : [])),
  );
  if (parked.length === 0) return <p className="empty">None: every event could be projected.</p>;
  return (
    <ul className="parked">
      {parked.map(({ generation, unit, event, position, fault, since }) => (
        <li key={`${generation} ${unit}`}>
          <p>
            <strong>{unit}</strong> of generation {generation} waits at event <code>{event}</code>, position
            {` ${formatNumber(Number(position))}`}, since {formatDateTime(since)}.
          </p>
          <p className="soft">{fault}</p>
        </li>
      ))}
    </ul>
  );
};
