import { AppendConsistencyViolationError, isCommandError, UnsupportedError } from '@kurrent/kurrentdb-client';

/** A check that did not hold: its place among those sent, and the revision its stream is at, -1 for none. */
export type Violation = { readonly check: number; readonly actual: number };

/** What came of sending a group. */
export type Answer =
  | { readonly kind: 'written'; readonly position: bigint; readonly revisions: ReadonlyMap<string, number> }
  /** Nothing was written, since these checks did not hold. */
  | { readonly kind: 'violated'; readonly violations: readonly Violation[] }
  /** Nothing was written, and sending the same again is no use. */
  | { readonly kind: 'refused'; readonly why: 'invalid' | 'too_large' | 'denied'; readonly error: Error }
  /** It was not sent at all. */
  | { readonly kind: 'unreached'; readonly error: Error }
  | { readonly kind: 'unknown'; readonly error: Error };

/** The gRPC codes that say what was wrong with a request, see https://grpc.io/docs/guides/status-codes/ */
const invalidArgument = 3;
const permissionDenied = 7;
const unauthenticated = 16;

/** What an error of `appendRecords` says of the records. Whatever is not certain is unknown. */
export const toAnswer = (reason: unknown): Answer => {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  if (error instanceof AppendConsistencyViolationError) {
    return { kind: 'violated', violations: error.violations.map(toViolation) };
  }
  if (error instanceof UnsupportedError || isBeforeSending(error)) return { kind: 'unreached', error };
  const why = whyRefused(error);
  return why === undefined ? { kind: 'unknown', error } : { kind: 'refused', why, error };
};

/** A state below -1 says that the stream was deleted. */
const toViolation = (violation: { checkIndex: number; actualState: bigint | 'no_stream' }): Violation => ({
  check: violation.checkIndex,
  actual: violation.actualState === 'no_stream' ? -1 : Number(violation.actualState),
});

/**
 * Before it sends anything, a client looks for the leader and asks the server what it is able to. Errors of
 * these steps come as they are; those of the call itself as errors of the client's own classes.
 */
const isBeforeSending = (error: Error): boolean =>
  !isCommandError(error) && (error.message.startsWith('Failed to discover') || codeOf(error) !== undefined);

const whyRefused = (error: Error): 'invalid' | 'too_large' | 'denied' | undefined => {
  const type = 'type' in error ? error.type : undefined;
  if (type === 'append-record-size-exceeded' || type === 'transaction-max-size-exceeded') return 'too_large';
  if (type === 'access-denied' || codeOf(error) === permissionDenied) return 'denied';
  return codeOf(error) === invalidArgument ? 'invalid' : undefined;
};

/** The gRPC code of an error, where it has one. */
export const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;

/** Whether `appendRecords` without any records was answered as by a server that knows the call. */
export const isKnownCall = (error: unknown): boolean => codeOf(error) === invalidArgument;

/** Whether an error of any call, of either half of the client, says that the credentials are not enough. */
export const isDenied = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'AccessDeniedError' || whyRefused(error) === 'denied' || codeOf(error) === unauthenticated);
