import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type SmallDisk = { readonly folder: string; remove(): void };

/** A disk of its own with little room, in memory. Undefined, and said why, where none may be mounted. */
export const mountSmallDisk = (bytes: number): SmallDisk | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'carat-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    console.info(`No small disk can be mounted here, so none is filled: ${String(error)}`);
    return undefined;
  }
  return {
    folder,
    remove: () => {
      execFileSync('umount', [folder], { stdio: 'pipe' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
