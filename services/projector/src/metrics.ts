import type { Metrics } from '@carat/service-kit';

export const createProjectorMetrics = (metrics: Metrics) => ({
  lag: metrics.gauge({
    name: 'projection_lag_events',
    help: 'Events of the log that a unit has not applied yet, counted up to a limit',
    labels: ['unit'],
  }),
  behind: metrics.gauge({
    name: 'projection_behind_seconds',
    help: 'For how long a unit has not kept up with the log',
    labels: ['unit'],
  }),
  events: metrics.counter({
    name: 'projection_events_total',
    help: 'Events applied, by unit',
    labels: ['unit'],
  }),
  batches: metrics.counter({
    name: 'projection_batches_total',
    help: 'Batches applied, by unit',
    labels: ['unit'],
  }),
  scriptSeconds: metrics.histogram({
    name: 'projection_script_seconds',
    help: 'From sending a batch to its answer, by unit',
    labels: ['unit'],
  }),
  refused: metrics.counter({
    name: 'projection_refused_total',
    help: 'Applications that the script refused, by unit and reason',
    labels: ['unit', 'reason'],
  }),
  poisoned: metrics.gauge({
    name: 'projection_poisoned',
    help: '1 while a unit is stopped by an event that it cannot take',
    labels: ['unit'],
  }),
  generations: metrics.counter({
    name: 'projection_generations_total',
    help: 'Generations begun, by reason',
    labels: ['reason'],
  }),
  seals: metrics.counter({
    name: 'log_seals_total',
    help: 'Seals that this process has made',
  }),
  lastSeal: metrics.gauge({
    name: 'log_last_seal_number',
    help: 'Number of the last seal of the log that this process knows of',
  }),
  lastSealTime: metrics.gauge({
    name: 'log_last_seal_timestamp_seconds',
    help: 'When that seal was made, seconds since 1970',
  }),
  sealingStopped: metrics.gauge({
    name: 'log_sealing_stopped',
    help: '1 while the log cannot be sealed on: it is damaged, or its last seal does not fit it',
  }),
  failedRuns: metrics.counter({
    name: 'projection_failed_runs_total',
    help: 'Runs of a unit that broke off, by unit',
    labels: ['unit'],
  }),
});

export type ProjectorMetrics = ReturnType<typeof createProjectorMetrics>;
