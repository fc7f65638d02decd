import { streams } from '@carat/domain';
import type { EventStore } from '@carat/event-store';
import { v4 } from 'uuid';

/** Sees to it that the log begins with its own id; whoever comes first gives it. @throws EventStoreError */
export const ensureLog = async (store: EventStore): Promise<void> => {
  const created = { id: v4(), type: 'LogCreated', data: { logId: v4() } };
  await store.append([{ stream: streams.log, expected: 'no_stream', events: [created] }]);
};
