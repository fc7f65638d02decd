import { nothing, type Projection } from './projection.ts';

/**
 * The lives of each creator, newest first. Field: the live. Amounts: when it was started. Its title, where it
 * has one, lies with its totals.
 */
export const creatorLives: Projection = (event) => {
  if (event.type !== 'LiveStarted') return nothing;
  const { live, creator, title, at } = event.data;
  const listed = {
    change: 'add',
    table: `creator-lives:${creator}`,
    field: live,
    amounts: [at],
    ranked: true,
  } as const;
  if (title === null) return [listed];
  return [listed, { change: 'set', table: `live-totals:${live}`, field: 'title', value: title }];
};
