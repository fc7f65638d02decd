import { type BoardDefinition, scoresOf } from '@carat/domain';
import { many } from '../wording.ts';

const nouns = { coins: 'coins', millidiamonds: 'diamonds' } as const;

/** Whom a board ranks, by what, and how often it begins anew. */
export const describeRanking = (board: BoardDefinition): string => {
  const { by, window } = board;
  const span = window === 'all' ? 'of all time' : `by the ${window}`;
  return `${by}s by ${nouns[scoresOf(board)]}, ${span}`;
};

const those = (ids: readonly string[], noun: string): string =>
  ids.length === 0 ? `all ${noun}s` : many(ids.length, noun);

const instant = (ms: number): string => new Date(ms).toISOString();

/** Which bookings count; how many lives and gifts there are, as there may be a hundred of each. */
export const describeBookings = ({ lives, gifts, from, to }: BoardDefinition): string[] => [
  `bookings in ${those(lives, 'live')}, of ${those(gifts, 'gift')}`,
  ...(from === null ? [] : [`from ${instant(from)} on`]),
  ...(to === null ? [] : [`before ${instant(to)}`]),
];
