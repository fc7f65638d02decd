import type { RebuildReport } from '@carat/read-models';
import { formatInstant } from '../inspect/gist.ts';
import { plural } from '../wording.ts';
import type { Followed } from './following.ts';

/**
 * What came of a rebuild, for people.
 * @param wasThere whether an earlier one had filled and compared it
 * @param differing the first of what differs, a line each
 */
export const describeRebuild = (
  { report, filled }: Followed,
  wasThere: boolean,
  differing: readonly string[],
): string[] => {
  const { differences, fault } = report;
  const fillings = wasThere
    ? describeTakenUp(report)
    : [`Filled anew: ${describeFilled(filled ?? { events: report.events, ms: 0 })}.`];
  if (differences === null) return [...fillings, `Not compared: ${fault ?? 'nothing to compare with'}.`];
  const compared = `Compared with what ${wasThere ? 'was read then' : 'is read now'}:`;
  const without = fault === null ? [] : [`But ${fault}.`];
  if (differences === 0) return [...fillings, `${compared} nothing differs.`, ...without];
  const more = differences - differing.length;
  const verb = differences === 1 ? 'differs' : 'differ';
  return [
    ...fillings,
    `${compared} ${counted(differences, 'number')} ${verb}.`,
    ...differing.map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${more.toLocaleString('en')} more`] : []),
    ...without,
  ];
};

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${plural(count, noun)}`;

/** A time of less than a second tells no rate. */
const describeFilled = ({ events, ms }: NonNullable<Followed['filled']>): string => {
  const seconds = ms / 1_000;
  if (seconds < 1) return counted(events, 'event');
  const rate = Math.round(events / seconds).toLocaleString('en');
  return `${counted(events, 'event')} in ${seconds.toFixed(1)} s (${rate}/s)`;
};

/** What an earlier rebuild has left; it is not compared again. */
const describeTakenUp = ({ generation, since }: RebuildReport): string[] => [
  `Generation ${generation} was there already,`,
  `  filled and compared from ${formatInstant(since)} on; carat drop drops it.`,
];
