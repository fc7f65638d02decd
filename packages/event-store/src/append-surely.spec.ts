import { expect, it } from 'vitest';
import { appendSurely } from './append-surely.ts';
import { type AppendResult, EventStoreError, type EventStoreErrorCode, type Position } from './port.ts';

const written: AppendResult = { appended: true, position: '7' as Position, revisions: [0] };

/** Answers one after the other, the last one for ever. */
const answering = (...answers: (AppendResult | EventStoreErrorCode)[]) => {
  const store = {
    sends: 0,
    append: async () => {
      const answer = answers[Math.min(store.sends++, answers.length - 1)]!;
      if (typeof answer === 'string') throw new EventStoreError(answer, answer);
      return answer;
    },
  };
  return store;
};

it('sends the very same again while nobody can tell', async () => {
  const store = answering('outcome_unknown', 'unavailable', written);
  expect(await appendSurely(store, [])).toEqual(written);
  expect(store.sends).toBe(3);
});

it('does not send again what certainly was not written', async () => {
  const store = answering('unavailable', written);
  await expect(appendSurely(store, [])).rejects.toMatchObject({ code: 'unavailable' });
  expect(store.sends).toBe(1);
});

it('never takes back that an outcome was unknown', async () => {
  const store = answering('outcome_unknown', 'unavailable');
  await expect(appendSurely(store, [])).rejects.toMatchObject({ code: 'outcome_unknown' });
  expect(store.sends).toBe(4);
});

it('hands on what no sending would mend', async () => {
  await expect(appendSurely(answering('too_large'), [])).rejects.toMatchObject({ code: 'too_large' });
});
