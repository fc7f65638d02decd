import type { LiveGoal } from '@carat/protocol';
import { formatNumber } from './format.ts';

/** How far a live is on the way to its goal. */
export const GoalBar = ({ goal, coins }: { readonly goal: LiveGoal; readonly coins: number | undefined }) => {
  const reached = coins !== undefined && coins >= goal.coins;
  return (
    <div className={`goal ${reached ? 'goal-reached' : ''}`}>
      <div className="goal-words">
        <strong>{goal.title}</strong>
        <span className="goal-numbers">
          {reached ? 'Reached! ' : ''}
          <span data-figure="goal">{coins === undefined ? '—' : formatNumber(coins)}</span> of{' '}
          {formatNumber(goal.coins)} coins
        </span>
      </div>
      <progress
        max={goal.coins}
        value={Math.min(coins ?? 0, goal.coins)}
        aria-label={`Goal: ${goal.title}`}
      />
    </div>
  );
};
