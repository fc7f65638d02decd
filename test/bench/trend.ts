/** A value at a moment, in minutes since the first. */
export type Sample = { readonly minute: number; readonly value: number };

export type Trend = {
  /** By how much the value grows in a minute, along the line that lies closest to all samples. */
  readonly perMinute: number;
  /** By which part of its beginning that line has grown at its end. */
  readonly growth: number;
};

/** Whether values rise or fall, by least squares. One sample has no trend. */
export const trendOf = (samples: readonly Sample[]): Trend => {
  const count = samples.length;
  const mean = (read: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + read(sample), 0) / count;
  const [minutes, values] = [mean(({ minute }) => minute), mean(({ value }) => value)];
  const spread = samples.reduce((sum, { minute }) => sum + (minute - minutes) ** 2, 0);
  if (spread === 0) return { perMinute: 0, growth: 0 };
  const common = samples.reduce((sum, { minute, value }) => sum + (minute - minutes) * (value - values), 0);
  const perMinute = common / spread;
  const at = (minute: number): number => values + perMinute * (minute - minutes);
  const [first, last] = [at(samples[0]!.minute), at(samples.at(-1)!.minute)];
  return { perMinute, growth: (last - first) / first };
};
