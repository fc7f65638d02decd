import { many } from '../wording.ts';
import type { Played } from './run.ts';
import type { Witness } from './witnesses.ts';

const nothingSeen: Witness = { viewers: 0, gifts: 0, coins: 0, millidiamonds: 0, top10: [] };

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** What `--json` prints of a log, on a line of its own; `viewers` to `top10` as read from the api. */
export const reportOf = ({ plan, frames, api, differences, seconds }: Played) => {
  const sent = frames.booked + frames.repeated + frames.refused;
  const { viewers, gifts, coins, millidiamonds, top10 } = api ?? nothingSeen;
  return {
    live: plan.log,
    frames: sent,
    ...frames,
    combos: plan.implied.combos,
    viewers,
    gifts,
    coins,
    millidiamonds,
    top10,
    agree: differences.length === 0,
    seconds: round(seconds, 3),
    framesPerSecond: seconds > 0 ? round(sent / seconds, 1) : 0,
    ...(differences.length > 0 && { differences }),
  };
};

/** The same for people. */
export const describePlayed = (played: Played): string => {
  const { live, agree, ...report } = reportOf(played);
  const refusals = [...played.refusals].map(([code, times]) => `${code} ${many(times, 'time')}`).join(', ');
  return [
    `${live}: ${agree ? 'all agree' : 'NOT ALL AGREE'}`,
    `  ${many(report.frames, 'frame')} in ${report.seconds} s (${report.framesPerSecond}/s): ` +
      `${report.booked} booked, ${report.repeated} repeated, ` +
      `${report.refused} refused${refusals ? ` (${refusals})` : ''}`,
    `  ${many(report.combos, 'combo')} of ${many(report.viewers, 'viewer')}: ` +
      `${many(report.gifts, 'gift')}, ${many(report.coins, 'coin')}, ${report.millidiamonds / 1000} diamonds`,
    ...report.top10
      .slice(0, 3)
      .map(({ viewer, coins }, rank) => `  ${rank + 1}. ${viewer} with ${many(coins, 'coin')}`),
  ].join('\n');
};
