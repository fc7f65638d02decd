import type { Metrics } from '@carat/service-kit';

/** What the gateway counts; labels are few and closed. */
export const createGatewayMetrics = ({ counter, gauge, histogram }: Metrics) => ({
  booked: counter({ name: 'carat_bookings_total', help: 'Bookings appended to the log' }),
  conflicts: counter({ name: 'carat_append_conflicts_total', help: 'Races for a wallet that were lost' }),
  receipts: counter({ name: 'carat_receipts_total', help: 'Claims answered with a receipt' }),
  refusals: counter({ name: 'carat_refusals_total', help: 'Claims refused', labels: ['code'] }),
  unanswerable: counter({ name: 'carat_unanswerable_total', help: 'Messages that asked for no answer' }),
  claimSeconds: histogram({ name: 'carat_claim_seconds', help: 'From a claim to its answer' }),
  sockets: gauge({ name: 'carat_sockets', help: 'Connected sockets' }),
  slowClients: counter({ name: 'carat_slow_clients_total', help: 'Sockets ended since they did not read' }),
  unsentBytes: gauge({ name: 'carat_unsent_bytes', help: 'Bytes that wait for clients to read them' }),
  refusedSockets: counter({
    name: 'carat_refused_sockets_total',
    help: 'Sockets that were not let in',
    labels: ['code'],
  }),
  wallets: gauge({ name: 'carat_wallets_cached', help: 'Wallets kept in memory' }),
  watchedLives: gauge({ name: 'carat_lives_watched', help: 'Lives with at least one watcher' }),
  unitGaps: counter({
    name: 'carat_unit_gaps_total',
    help: 'Times that messages of the read models were missed',
  }),
  bookingsPerEmit: histogram(
    { name: 'carat_bookings_per_emit', help: 'Bookings gathered for one tick of one room' },
    [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000],
  ),
  tickAge: histogram({
    name: 'carat_tick_age_seconds',
    help: 'From the first change that a tick shows, as heard from the read models, to the tick',
  }),
  stretchedTicks: counter({
    name: 'carat_stretched_ticks_total',
    help: 'Ticks that were put off, as the event loop lagged',
  }),
  droppedValues: counter({
    name: 'carat_dropped_values_total',
    help: 'Values that a client was not sent, as it had not taken what came before',
  }),
  missedPages: counter({
    name: 'carat_missed_pages_total',
    help: 'Pages of bookings that clients had missed',
    labels: ['from'],
  }),
});

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;
