import type { http } from '@carat/protocol';
import { formatNumber, formatTime } from '../shared/format.ts';
import { Card } from '../shared/frame.tsx';
import { Gem } from '../shared/gem.tsx';
import type { FeedLine } from './feed-lines.ts';

type FeedProps = {
  readonly lines: readonly FeedLine[];
  readonly catalogue: ReadonlyMap<string, http.Gift> | undefined;
  /** Some bookings could not be had any more. */
  readonly hasGap: boolean;
  /** Whose lines are marked. */
  readonly viewer: string;
};

/** What is given, newest combo first; combos grow where they stand. */
export const Feed = ({ lines, catalogue, hasGap, viewer }: FeedProps) => (
  <Card title="Gifts in this live" className="feed">
    {lines.length === 0 && <p className="empty">No gifts yet. Be the first.</p>}
    {hasGap && <p className="soft">Some gifts in between are not shown here. The totals count them all.</p>}
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
    <ol className="lines" tabIndex={0} aria-label="Gifts, newest first">
      {lines.map((line) => (
        <Line
          key={line.combo}
          line={line}
          name={catalogue?.get(line.gift)?.name ?? line.gift}
          unitCoins={line.coins / line.count}
          isOwn={line.viewer === viewer}
        />
      ))}
    </ol>
  </Card>
);

const Line = ({
  line: { viewer, gift, count, coins, at },
  name,
  unitCoins,
  isOwn,
}: {
  readonly line: FeedLine;
  readonly name: string;
  readonly unitCoins: number;
  readonly isOwn: boolean;
}) => (
  <li className={`line ${isOwn ? 'line-own' : ''}`}>
    <Gem gift={gift} coins={unitCoins} />
    <span className="line-words">
      <span className="who">{isOwn ? 'You' : viewer}</span>
      <span className="soft">
        {name} · {formatNumber(coins)} {coins === 1 ? 'coin' : 'coins'} · {formatTime(at)}
      </span>
    </span>
    <span key={count} className="line-count">
      ×{formatNumber(count)}
    </span>
  </li>
);
