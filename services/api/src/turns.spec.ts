import { isRefusal } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
};

describe('turns', () => {
  it('runs the changes of one stream in order, each after the one before it', async () => {
    const inTurn = createTurns();
    const seen: string[] = [];
    const first = gate();
    const changes = [
      inTurn('a', async () => {
        await first.opened;
        seen.push('first');
      }),
      inTurn('a', async () => void seen.push('second')),
    ];
    await inTurn('b', async () => void seen.push('other stream'));
    expect(seen).toEqual(['other stream']);
    first.open();
    await Promise.all(changes);
    expect(seen).toEqual(['other stream', 'first', 'second']);
  });

  it('goes on after a change that throws', async () => {
    const inTurn = createTurns();
    const failed = inTurn('a', () => Promise.reject(new Error('no')));
    const next = inTurn('a', async () => 'done');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('done');
  });

  it('refuses when too many wait, and takes more once they have ended', async () => {
    const inTurn = createTurns(2);
    const first = gate();
    const waiting = [inTurn('a', () => first.opened), inTurn('a', async () => {})];
    const refused = await inTurn('a', async () => ({}));
    expect(isRefusal(refused as object) && refused).toMatchObject({ refused: 'overloaded', retry: true });
    first.open();
    await Promise.all(waiting);
    expect(await inTurn('a', async () => 'room again')).toBe('room again');
  });
});
