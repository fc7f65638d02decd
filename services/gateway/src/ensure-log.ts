import { randomUUID } from 'node:crypto';
import { streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';

/** Sees to it that the log begins with its own id; whoever comes first gives it. @throws EventStoreError */
export const ensureLog = async (store: EventStore): Promise<void> => {
  const created = { id: randomUUID(), type: 'LogCreated', data: { logId: randomUUID() } };
  await store.append([{ stream: streams.log, expected: 'no_stream', events: [created] }]);
};
