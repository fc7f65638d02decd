import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sandboxLimits } from './limits.ts';
import { payoutSchema, type SandboxPayout } from './payout.ts';

/** It holds, or has waiting, as many payouts as it may: nothing was written. */
export class LedgerFull extends Error {
  override readonly name = 'LedgerFull';
}

/**
 * The payouts that were made, one a line in a file, in the order in which they were made. A line counts once
 * it is on the disk; what a crash left of the last one is dropped when it is opened. One process at a time.
 */
export type Ledger = {
  readonly payouts: readonly SandboxPayout[];
  byKey(key: string): SandboxPayout | undefined;
  /**
   * Adds a payout and returns once it is on the disk. Where the key was used already, or is being written, it
   * returns that payout. @throws LedgerFull
   */
  add(payout: SandboxPayout): Promise<SandboxPayout>;
  /** When all that was added before is on the disk and known. */
  written(): Promise<void>;
  close(): Promise<void>;
};

/** Opens the ledger, making it and its folder where they are missing. @throws Error if a line is damaged */
export const openLedger = async (path: string): Promise<Ledger> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a+');
  try {
    return ledgerOver(file, await readBack(file, path));
  } catch (error) {
    await file.close();
    throw error;
  }
};

const readBack = async (file: FileHandle, path: string): Promise<SandboxPayout[]> => {
  const bytes = await file.readFile();
  const whole = bytes.lastIndexOf('\n') + 1;
  if (whole < bytes.length) await file.truncate(whole);
  return bytes
    .subarray(0, whole)
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parseLine(line, `${path}:${index + 1}`));
};

const parseLine = (line: string, place: string): SandboxPayout => {
  try {
    return payoutSchema.parse(JSON.parse(line));
  } catch (error) {
    throw new Error(`The sandbox's ledger is damaged at ${place}.`, { cause: error });
  }
};

const ledgerOver = (file: FileHandle, payouts: SandboxPayout[]): Ledger => {
  const keys = new Map(payouts.map((payout) => [payout.key, payout]));
  const underWay = new Map<string, Promise<SandboxPayout>>();
  let lines: string[] = [];
  let flushed = Promise.resolve();

  /** All lines that wait share one fsync. */
  const flush = (): Promise<void> => {
    flushed = flushed.then(async () => {
      if (lines.length === 0) return;
      const text = lines.join('');
      lines = [];
      await file.appendFile(text);
      await file.datasync();
    });
    return flushed;
  };

  const write = async (payout: SandboxPayout): Promise<SandboxPayout> => {
    lines.push(`${JSON.stringify(payout)}\n`);
    await flush();
    payouts.push(payout);
    keys.set(payout.key, payout);
    return payout;
  };

  return {
    payouts,
    byKey: (key) => keys.get(key),
    add: (payout) => {
      const known = keys.get(payout.key);
      if (known) return Promise.resolve(known);
      const writing = underWay.get(payout.key);
      if (writing) return writing;
      if (lines.length >= sandboxLimits.maxWaitingLines || payouts.length >= sandboxLimits.maxPayouts) {
        return Promise.reject(new LedgerFull('The ledger takes no more payouts.'));
      }
      const written = write(payout).finally(() => underWay.delete(payout.key));
      underWay.set(payout.key, written);
      return written;
    },
    written: flush,
    close: async () => {
      await flushed.catch(() => {});
      await file.close();
    },
  };
};
