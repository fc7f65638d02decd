import type { LiveGoal } from '@carat/protocol';
import { type FormEvent, useState } from 'react';
import { type Api, path } from '../shared/api.ts';
import { sayError } from '../shared/words.ts';

type GoalFormProps = {
  readonly api: Api;
  readonly live: string;
  readonly goal: LiveGoal | null;
  readonly ended: boolean;
};

/** Sets the goal of a live, or takes it away. What then holds comes by the socket, as to everybody. */
export const GoalForm = ({ api, live, goal, ended }: GoalFormProps) => {
  const [title, setTitle] = useState('');
  const [coins, setCoins] = useState('');
  const [said, setSaid] = useState('');
  const change = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    try {
      await work();
      setSaid(done);
      setTitle('');
      setCoins('');
    } catch (error) {
      setSaid(sayError(error));
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = { title: title.trim(), coins: Number(coins) };
    void change(() => api.send('PUT', path`/lives/${live}/goal`, body), 'The goal is set.');
  };
  const takeAway = (): void =>
    void change(() => api.send('DELETE', path`/lives/${live}/goal`), 'The goal is taken away.');

  if (ended) return <p className="empty">{goal ? goal.title : 'This live had no goal at its end.'}</p>;
  return (
    <>
      <form className="row-form goal-form" onSubmit={submit}>
        <label htmlFor="goal-title">What for</label>
        <input
          id="goal-title"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          placeholder={goal?.title ?? ''}
          maxLength={200}
          required
          autoComplete="off"
        />
        <label htmlFor="goal-coins">Coins</label>
        <input
          id="goal-coins"
          type="number"
          min={1}
          max={1_000_000_000_000}
          value={coins}
          onChange={(event) => setCoins(event.target.value)}
          placeholder={goal ? String(goal.coins) : ''}
          required
        />
        <button type="submit">{goal ? 'Change the goal' : 'Set the goal'}</button>
        {goal && (
          <button type="button" className="quiet" onClick={takeAway}>
            Take it away
          </button>
        )}
      </form>
      <p role="status" className="soft">
        {said}
      </p>
    </>
  );
};
