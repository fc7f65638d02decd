import { expect, it } from 'vitest';
import { unitsBehind } from './progress.ts';

const checkpoint = { position: '5', event: 'e', application: 'x', torn: false, complete: true };

it.each([
  ['complete', checkpoint, true],
  ['filled', { ...checkpoint, complete: false }, true],
  ['in the middle of a change while it is filled', { ...checkpoint, complete: false, torn: true }, true],
  ['torn', { ...checkpoint, torn: true }, false],
  ['lost', null, false],
])('tells whether a unit is behind that is %s', (_, found, isBehind) => {
  const unit = { unit: 'creators', stoppedAt: null, checkpoint: found };
  const redis = {
    active: { generation: 'g', projections: 1, log: 'a', units: [unit] },
    candidate: null,
    previous: null,
    abandoned: [],
    retired: [],
    queue: { waiting: 0, active: 0, delayed: 0, failed: 0, paused: false },
  };
  const progress = { g: { creators: { behind: 7, atLeast: false, share: 0.5, inLog: true } } };
  expect(unitsBehind({ redis, progress })).toEqual(isBehind ? [unit] : []);
});
