import type { Banner, ShownCombo } from '@carat/client';
import type { LiveGoal } from '@carat/protocol';
import { formatNumber } from '../shared/format.ts';
import { Gem } from '../shared/gem.tsx';

/** A valuable gift, by itself in the middle. */
export const BannerAlert = ({
  banner: { viewer, gift, coins, count, gifts },
  name,
  waiting,
}: {
  readonly banner: Banner;
  readonly name: string;
  /** How many more are to come. */
  readonly waiting: number;
}) => (
  <div className="plate banner">
    <Gem gift={gift} coins={Math.max(1_000, coins / gifts)} />
    <p className="banner-words">
      <strong className="who">{viewer}</strong>
      <span>
        {count > 1 && `${formatNumber(count)} × `}
        {name}
      </span>
      <span className="coins">{formatNumber(coins)} coins</span>
    </p>
    {waiting > 0 && <p className="more">+{formatNumber(waiting)} more</p>}
  </div>
);

/** A combo that grows while it is sent. */
export const ComboAlert = ({
  combo: { viewer, gift, count, coins, gifts },
  name,
}: {
  readonly combo: ShownCombo;
  readonly name: string;
}) => (
  <li className="plate combo">
    <Gem gift={gift} coins={coins / gifts} />
    <p className="combo-words">
      <strong className="who">{viewer}</strong>
      <span>{name}</span>
    </p>
    <strong key={count} className="combo-count">
      ×{formatNumber(count)}
    </strong>
  </li>
);

export const OverlayGoal = ({
  goal,
  coins,
}: {
  readonly goal: LiveGoal;
  readonly coins: number | undefined;
}) => {
  const reached = coins !== undefined && coins >= goal.coins;
  return (
    <div className={`plate overlay-goal ${reached ? 'overlay-goal-reached' : ''}`}>
      <p>
        <strong className="who">{goal.title}</strong>
        <span className="coins">
          <span data-figure="goal">{coins === undefined ? '—' : formatNumber(coins)}</span> /{' '}
          {formatNumber(goal.coins)}
        </span>
      </p>
      <progress max={goal.coins} value={Math.min(coins ?? 0, goal.coins)} aria-label={goal.title} />
    </div>
  );
};
