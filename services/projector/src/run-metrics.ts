import type { Unit } from '@carat/protocol';

/** What a run of a unit counts; the process's own metrics take it as it is. */
export type RunMetrics = {
  readonly events: { inc(labels: { unit: Unit }, events: number): void };
  readonly batches: { inc(labels: { unit: Unit }): void };
  readonly scriptSeconds: { observe(labels: { unit: Unit }, seconds: number): void };
  readonly refused: { inc(labels: { unit: Unit; reason: string }): void };
};

/** One of these, told by a thread, which has no metrics of its own. */
export type Counted =
  | { readonly of: 'events'; readonly labels: { unit: Unit }; readonly events: number }
  | { readonly of: 'batches'; readonly labels: { unit: Unit } }
  | { readonly of: 'scriptSeconds'; readonly labels: { unit: Unit }; readonly seconds: number }
  | { readonly of: 'refused'; readonly labels: { unit: Unit; reason: string } };

/** Metrics that only tell what is to be counted. */
export const tellCounted = (tell: (counted: Counted) => void): RunMetrics => ({
  events: { inc: (labels, events) => tell({ of: 'events', labels, events }) },
  batches: { inc: (labels) => tell({ of: 'batches', labels }) },
  scriptSeconds: { observe: (labels, seconds) => tell({ of: 'scriptSeconds', labels, seconds }) },
  refused: { inc: (labels) => tell({ of: 'refused', labels }) },
});

/** Counts what was told. */
export const count = (metrics: RunMetrics, counted: Counted): void => {
  if (counted.of === 'events') metrics.events.inc(counted.labels, counted.events);
  else if (counted.of === 'scriptSeconds') metrics.scriptSeconds.observe(counted.labels, counted.seconds);
  else if (counted.of === 'refused') metrics.refused.inc(counted.labels);
  else metrics.batches.inc(counted.labels);
};
