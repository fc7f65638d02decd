import { nothing, type Projection } from './projection.ts';
import { namesOf } from './table-names.ts';

const tableOf = namesOf('live-totals:');
const giftOf = namesOf('gift:');

/**
 * What each live has brought in, as a whole (amounts: coins, gifts, millidiamonds) and by gift (amounts:
 * gifts, coins), and where in the log it begins. How many have sent something is the size of its board.
 */
export const liveTotals: Projection = (event, position) => {
  if (event.type === 'LiveStarted') {
    const table = tableOf(event.data.live);
    return [{ change: 'set', table, field: 'begins', value: position }];
  }
  if (event.type !== 'GiftSent') return nothing;
  const { live, gift, coins, booked, millidiamonds } = event.data;
  const table = tableOf(live);
  return [
    { change: 'add', table, field: 'all', amounts: [coins, booked, millidiamonds] },
    { change: 'add', table, field: giftOf(gift), amounts: [booked, coins] },
  ];
};
