/** What was asked cannot be told from this log; the message is one sentence for an operator. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}
