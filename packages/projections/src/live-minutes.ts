import { nothing, type Projection } from './projection.ts';
import { spansOf } from './spans.ts';

const tableOf = spansOf('live-minutes:', 3_600_000);
const minuteOf = spansOf('', 60_000);

/**
 * What lives have brought in by the minute, in a table for each hour, so that a batch writes to one or two.
 * Field: when the minute began, and the live. Amounts: coins, gifts, millidiamonds.
 */
export const liveMinutes: Projection = (event) => {
  if (event.type !== 'GiftSent') return nothing;
  const { live, coins, booked, millidiamonds, at } = event.data;
  const [field, amounts] = [`${minuteOf(at)}:${live}`, [coins, booked, millidiamonds]];
  return [{ change: 'add', table: tableOf(at), field, amounts }];
};
