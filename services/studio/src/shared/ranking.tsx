import type { Ranked } from '@carat/protocol';
import type { ReactNode } from 'react';
import { formatNumber } from './format.ts';

/** Who gave most, best first, with a bar as long as their share of the first one's coins. */
export const Ranking = ({
  entries,
  empty,
  action,
}: {
  readonly entries: readonly Ranked[];
  readonly empty: string;
  /** Beside an entry, such as a button. */
  readonly action?: (id: string) => ReactNode;
}) => {
  const most = entries[0]?.score ?? 1;
  if (entries.length === 0) return <p className="empty">{empty}</p>;
  return (
    <ol className="ranking">
      {entries.map(({ id, score }, n) => (
        <li key={id}>
          <span className="rank">{n + 1}</span>
          <span className="who" title={id}>
            {id}
          </span>
          <span className="amount">
            {formatNumber(score)} <span className="unit">coins</span>
          </span>
          {action?.(id)}
          <progress className="bar" max={most} value={score} aria-hidden="true" />
        </li>
      ))}
    </ol>
  );
};
