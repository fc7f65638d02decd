import { type AppendResult, EventStoreError, type Position, type StreamWrite } from '@carat/event-store';
import { refuse } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { decideAndAppend } from './decide-and-append.ts';
import { limits } from './limits.ts';

const appended: AppendResult = { appended: true, position: '7' as Position, revisions: [0] };
const conflict: AppendResult = {
  appended: false,
  conflicts: [{ stream: 'rates', expected: 'no_stream', actual: 0 }],
};
const unknown = new EventStoreError('outcome_unknown', 'The connection was cut.');
const away = new EventStoreError('unavailable', 'Nobody answers.');

/**
 * An append that goes the given ways, one after the other, the last one for ever; it keeps what it was
 * sent.
 */
const appendGoing = (...ways: (AppendResult | Error)[]) => {
  const sent: (readonly StreamWrite[])[] = [];
  const append = async (writes: readonly StreamWrite[]): Promise<AppendResult> => {
    sent.push(writes);
    const way = ways[Math.min(sent.length, ways.length) - 1]!;
    if (way instanceof Error) throw way;
    return way;
  };
  return { append, sent };
};

const decideFor = () => {
  let decisions = 0;
  const decide = async () => {
    decisions += 1;
    const events = [{ id: `id-${decisions}`, type: 'DiamondRateSet', data: {} }];
    const writes: StreamWrite[] = [{ stream: 'rates', expected: 'no_stream', events }];
    return { writes, answer: { decision: decisions } };
  };
  return decide;
};

describe('deciding and appending', () => {
  it('answers what was decided once it is appended', async () => {
    const store = appendGoing(appended);
    expect(await decideAndAppend(store, decideFor())).toEqual({ decision: 1 });
    expect(store.sent).toHaveLength(1);
  });

  it('appends nothing where nothing is to be written', async () => {
    const store = appendGoing(appended);
    const refusal = refuse('live_unknown');
    expect(await decideAndAppend(store, async () => ({ writes: [], answer: refusal }))).toBe(refusal);
    expect(store.sent).toHaveLength(0);
  });

  it('decides anew after a conflict', async () => {
    const store = appendGoing(conflict, conflict, appended);
    expect(await decideAndAppend(store, decideFor())).toEqual({ decision: 3 });
    expect(store.sent.map(([write]) => write!.events[0]!.id)).toEqual(['id-1', 'id-2', 'id-3']);
  });

  it('refuses when somebody else is always faster', async () => {
    const store = appendGoing(conflict);
    expect(await decideAndAppend(store, decideFor())).toMatchObject({
      refused: 'overloaded',
      retryAfterMs: limits.retryAfterMs,
    });
    expect(store.sent).toHaveLength(limits.maxDecisions);
  });

  it('sends the very same append again while its outcome is unknown', async () => {
    const store = appendGoing(unknown, unknown, appended);
    expect(await decideAndAppend(store, decideFor())).toEqual({ decision: 1 });
    expect(store.sent).toHaveLength(3);
    expect(store.sent[1]).toBe(store.sent[0]);
    expect(store.sent[2]).toBe(store.sent[0]);
  });

  it('says so where the outcome stays unknown, also when the store has gone meanwhile', async () => {
    const store = appendGoing(unknown, away);
    expect(await decideAndAppend(store, decideFor())).toMatchObject({
      refused: 'outcome_unknown',
      retry: true,
    });
    expect(store.sent).toHaveLength(4);
  });

  it('refuses at once where certainly nothing was written', async () => {
    const store = appendGoing(away);
    expect(await decideAndAppend(store, decideFor())).toMatchObject({
      refused: 'overloaded',
      retryAfterMs: limits.retryAfterMs,
    });
    expect(store.sent).toHaveLength(1);
  });

  it('throws what no store would take', async () => {
    const defect = new EventStoreError('invalid_input', 'No such name.');
    await expect(decideAndAppend(appendGoing(defect), decideFor())).rejects.toBe(defect);
  });
});
