import type { http } from '@carat/protocol';
import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { findFaults } from './faults.ts';

const now = Date.UTC(2026, 5, 10, 12);
const nothing: http.Seen = { log: null, redis: null, progress: {}, still: [] };
const log = { id: 'a', head: null, lastSeal: null, unsealedSince: null };

const unit = (checkpoint: object) =>
  ({
    unit: 'creators',
    stoppedAt: null,
    checkpoint: { position: '5', event: 'e', application: 'x', torn: false, complete: true, ...checkpoint },
  }) as const;
const seen = (behind: number, still: readonly string[] = [], checkpoint = {}): http.Seen => ({
  ...nothing,
  redis: {
    active: { generation: 'g', projections: 1, log: 'a', units: [unit(checkpoint)] },
    candidate: null,
    previous: null,
    abandoned: [],
    retired: [],
    queue: { waiting: 0, active: 0, delayed: 0, failed: 3, paused: false },
  },
  progress: { g: { creators: { behind, atLeast: behind >= 20_000, share: 0.5, inLog: true } } },
  still: [...still],
});

describe('what needs attention', () => {
  it('is nothing of what was not seen', () => {
    expect(findFaults(nothing, now)).toEqual([]);
  });

  it('is an event that nobody seals for long', () => {
    const since = (ms: number) => findFaults({ ...nothing, log: { ...log, unsealedSince: now - ms } }, now);
    expect(since(limits.maxUnsealedMs - 1)).toEqual([]);
    expect(since(limits.maxUnsealedMs)).toEqual([
      'Nothing is sealed since 2026-06-10 11:59:00: is a projector at work?',
    ]);
  });

  it('is a unit that is very far behind, or stands still, not one that keeps up', () => {
    expect(findFaults(seen(0), now)).toEqual([]);
    expect(findFaults(seen(limits.faultyBehindEvents - 1), now)).toEqual([]);
    expect(findFaults(seen(limits.faultyBehindEvents), now)).toEqual([
      'creators is at least 20000 events behind.',
    ]);
    expect(findFaults(seen(1, ['creators']), now)).toEqual([
      'creators is 1 event behind, and stands still: is a projector at work?',
    ]);
    expect(findFaults(seen(9, [], { complete: false }), now)).toEqual(['creators is being rebuilt.']);
  });
});
