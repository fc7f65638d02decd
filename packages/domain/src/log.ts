import { streams } from './streams.ts';

/**
 * What every log begins with: its own id, for good. Whoever opens a log appends it; where somebody was
 * faster, the append is a conflict, and all is well.
 */
export const logCreated = (eventId: string, logId: string) => ({
  stream: streams.log,
  expected: 'no_stream' as const,
  events: [{ id: eventId, type: 'LogCreated', data: { logId } }],
});
