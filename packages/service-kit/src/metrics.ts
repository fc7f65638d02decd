import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds, from half a millisecond to ten seconds. */
const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Names<Label extends string> = { name: string; help: string; labels?: readonly Label[] };

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * One registry per process, with Node's own metrics in it; every metric is labelled with the service's name.
 */
export const createMetrics = (service: string) => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const settings = <Label extends string>({ name, help, labels = [] }: Names<Label>) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  return {
    registry,
    counter: <Label extends string = never>(names: Names<Label>) => new Counter<Label>(settings(names)),
    /** `collect` is called at each scrape, to set the gauge just then. */
    gauge: <Label extends string = never>(names: Names<Label>, collect?: (gauge: Gauge<Label>) => void) =>
      new Gauge<Label>({
        ...settings(names),
        ...(collect && {
          collect() {
            collect(this);
          },
        }),
      }),
    /** Of seconds, unless other buckets are given. */
    histogram: <Label extends string = never>(names: Names<Label>, buckets = latencyBuckets) =>
      new Histogram<Label>({ ...settings(names), buckets }),
  };
};
