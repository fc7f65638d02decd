import type { Metrics } from '@carat/service-kit';

export const createPayoutsMetrics = (metrics: Metrics) => ({
  daysClosed: metrics.counter({ name: 'settlement_days_closed_total', help: 'Days this process closed' }),
  creatorsSettled: metrics.counter({
    name: 'settlement_creators_settled_total',
    help: 'Settled days of creators that this process appended',
  }),
  settleSeconds: metrics.gauge({
    name: 'settlement_last_seconds',
    help: 'How long this process took to settle the last day for all',
  }),
  open: metrics.gauge({
    name: 'payouts_open',
    help: 'Redemptions that are not at their end, by status',
    labels: ['status'],
  }),
  booked: metrics.counter({
    name: 'payouts_booked_total',
    help: 'Steps of payouts that this process appended, by event',
    labels: ['event'],
  }),
  calls: metrics.counter({
    name: 'payout_calls_total',
    help: 'Calls to providers, by what was asked and how it ended',
    labels: ['provider', 'call', 'result'],
  }),
  held: metrics.counter({
    name: 'payouts_held_total',
    help: 'Starts of approved payouts that were refused, by why: each is tried again from time to time',
    labels: ['reason'],
  }),
  faults: metrics.counter({
    name: 'payout_faults_total',
    help: 'What a provider told that the log knows otherwise, by kind',
    labels: ['provider', 'fault'],
  }),
  deadEnds: metrics.gauge({
    name: 'payout_dead_ends',
    help: 'Jobs of payouts that failed as often as they may; each is tried again from time to time',
  }),
  webhooks: metrics.counter({
    name: 'payout_webhooks_total',
    help: 'Messages of providers, by what became of them',
    labels: ['provider', 'result'],
  }),
  differences: metrics.gauge({
    name: 'payout_reconciliation_differences',
    help: 'Differences between the provider and the log, when they were last compared',
    labels: ['provider'],
  }),
  reconciledTo: metrics.gauge({
    name: 'payout_reconciled_to_timestamp_seconds',
    help: 'Up to when the provider was last compared with the log, seconds since 1970',
    labels: ['provider'],
  }),
});

export type PayoutsMetrics = ReturnType<typeof createPayoutsMetrics>;
