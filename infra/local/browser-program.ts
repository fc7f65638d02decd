import { delimiter, join } from 'node:path';
import { LocalError } from './failure.ts';
import { aptInstall, canInstall, isExecutable } from './installing.ts';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Where browsers are kept that a user's own PATH often leaves out. */
const usualFolders = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];

export type BrowserProgramOptions = {
  /** The program itself, where somebody chose one. */
  readonly program?: string | undefined;
  /** Folders to look in before the usual ones, as in PATH. */
  readonly path: string;
  /** False: nothing is installed. */
  readonly install: boolean;
  readonly say: (line: string) => void;
  /** Folders to look in after those of `path`. */
  readonly folders?: readonly string[];
};

/**
 * The path of Chromium or Chrome: the one that was chosen, else the first on the PATH or in the usual
 * folders, else one that is installed now, as root on Debian or Ubuntu, after saying so.
 * @throws LocalError with the one line to run where there is none
 */
export const findBrowserProgram = async (options: BrowserProgramOptions): Promise<string> => {
  const { program, install, say } = options;
  if (program !== undefined) {
    if (await isExecutable(program)) return program;
    throw new LocalError(`There is no program ${program} that can be run (CARAT_CHROMIUM).`);
  }
  const found = await searchFolders(options);
  if (found) return found;
  if (install && (await canInstall())) {
    say('No browser on this machine: apt-get install -y chromium (CARAT_INSTALL=no forbids it) …');
    await installBrowser();
    const installed = await searchFolders(options);
    if (installed) return installed;
  }
  throw new LocalError(
    'There is no Chromium or Chrome on this machine. Install one: `sudo apt-get install -y chromium` on ' +
      'Debian, `brew install --cask chromium` on macOS; or set CARAT_CHROMIUM to its program.',
  );
};

const searchFolders = async ({ path, folders = usualFolders }: BrowserProgramOptions) => {
  const all = new Set([...path.split(delimiter).filter(Boolean), ...folders]);
  for (const name of programs) {
    for (const folder of all) {
      const file = join(folder, name);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
};

const installBrowser = async (): Promise<void> => {
  const fault = await aptInstall('chromium', 'fonts-liberation');
  if (fault !== undefined) {
    throw new LocalError(
      `Chromium could not be installed with apt-get (${fault}). Install it or Chrome, or set CARAT_CHROMIUM.`,
    );
  }
};
