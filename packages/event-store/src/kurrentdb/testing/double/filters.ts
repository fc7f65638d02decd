import type { LogRecord } from './record.ts';
import type { streams } from './wire.ts';

export type Filter = (record: LogRecord) => boolean;

/**
 * Which records a read of the log or a subscription shows; without a filter all, the server's own among them.
 * Prefixes compare case-sensitively. Source: server, Services/Storage/ReaderIndex/EventFilter.cs
 */
export const filterOf = (options: streams.ReadReq.Options.FilterOptions | undefined): Filter => {
  if (!options) return () => true;
  const onType = options.hasEventType();
  const expression = onType ? options.getEventType()! : options.getStreamIdentifier()!;
  const subject = onType ? (record: LogRecord) => record.type : (record: LogRecord) => record.stream;
  if (expression.getRegex()) {
    const regex = new RegExp(expression.getRegex());
    return (record) => regex.test(subject(record));
  }
  const prefixes = expression.getPrefixList();
  return (record) => prefixes.some((prefix) => subject(record).startsWith(prefix));
};
