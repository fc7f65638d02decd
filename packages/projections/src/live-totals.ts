import { nothing, type Projection } from './projection.ts';

/**
 * What each live has brought in, as a whole (amounts: coins, gifts, millidiamonds) and by gift (amounts:
 * gifts, coins), and where in the log it begins. How many have sent something is the size of its board.
 */
export const liveTotals: Projection = (event, position) => {
  if (event.type === 'LiveStarted') {
    const table = `live-totals:${event.data.live}`;
    return [{ change: 'set', table, field: 'begins', value: position }];
  }
  if (event.type !== 'GiftSent') return nothing;
  const { live, gift, coins, booked, millidiamonds } = event.data;
  const table = `live-totals:${live}`;
  return [
    { change: 'add', table, field: 'all', amounts: [coins, booked, millidiamonds] },
    { change: 'add', table, field: `gift:${gift}`, amounts: [booked, coins] },
  ];
};
