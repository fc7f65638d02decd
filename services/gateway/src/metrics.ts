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
  wallets: gauge({ name: 'carat_wallets_cached', help: 'Wallets kept in memory' }),
  watchedLives: gauge({ name: 'carat_lives_watched', help: 'Lives with at least one watcher' }),
  unitGaps: counter({
    name: 'carat_unit_gaps_total',
    help: 'Times that messages of the read models were missed',
  }),
});

export type GatewayMetrics = ReturnType<typeof createGatewayMetrics>;
