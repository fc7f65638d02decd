import { writeSync } from 'node:fs';

/** Is told, in a sentence, that a file's fsync failed. */
export type OnSyncFailed = (sentence: string) => void;

const standardError = 2;
const exitCode = 1;

export const describeSyncFailure = (path: string): string =>
  `The disk did not confirm what was written to ${path}: nobody can tell what is on it, so this process ` +
  'ends here; what it had not answered yet may or may not be in the log.';

/**
 * Ends the process. What the failed fsync has left is unknown, and asking the disk again proves nothing: the
 * system may have dropped what it could not write. Opened anew, the log is read back from what there is.
 */
export const endProcess: OnSyncFailed = (sentence) => {
  try {
    writeSync(standardError, `${sentence}\n`);
  } finally {
    process.exit(exitCode);
  }
};
