import {
  closeSync,
  constants,
  type FSWatcher,
  fstatSync,
  openSync,
  statSync,
  watch,
  writeSync,
} from 'node:fs';

/** Nothing is missed for longer than this, should a ring get lost. */
export const watchedPollMs = 500;
/** How often to look where the doorbell can't be watched. */
const unwatchedPollMs = 10;

const ring = Buffer.from('.');

/**
 * A small file beside the log, touched after each commit and watched by the other processes, so that they
 * learn of it within milliseconds and nobody polls in a hurry.
 */
export class Doorbell {
  readonly #path: string;
  readonly #look: () => void;
  #descriptor: number | undefined;
  #watcher: FSWatcher | undefined;
  #isListening = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param look is called on every ring once `listen` was called, own ones too, and by and by in any case */
  constructor(path: string, look: () => void) {
    this.#path = path;
    this.#look = look;
    this.#hang();
    this.#planPoll();
  }

  /** Tells every process that the log has grown. */
  ring(): void {
    try {
      if (this.#descriptor !== undefined) writeSync(this.#descriptor, ring, 0, 1, 0);
    } catch {
      // A bell that doesn't ring delays other processes until they look by themselves; the append stands.
    }
  }

  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#hang();
    this.#planPoll();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#takeDown();
  }

  #planPoll(): void {
    clearTimeout(this.#timer);
    const isDeaf = this.#isListening && this.#watcher === undefined;
    this.#timer = setTimeout(this.#poll, isDeaf ? unwatchedPollMs : watchedPollMs);
    this.#timer.unref();
  }

  readonly #poll = (): void => {
    this.#hang();
    this.#look();
    this.#planPoll();
  };

  /** Opens the file, again where it was taken away, and watches it where somebody listens. */
  #hang(): void {
    try {
      if (this.#descriptor !== undefined && !this.#isInPlace(this.#descriptor)) this.#takeDown();
      this.#descriptor ??= openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o644);
      if (!this.#isListening || this.#watcher !== undefined) return;
      this.#watcher = watch(this.#path, { persistent: false }, this.#look);
      this.#watcher.on('error', () => this.#stopWatching());
    } catch {
      // No bell can be hung here: the log is looked at more often instead.
      this.#stopWatching();
    }
  }

  #isInPlace(descriptor: number): boolean {
    const [opened, there] = [fstatSync(descriptor), statSync(this.#path, { throwIfNoEntry: false })];
    return opened.ino === there?.ino && opened.dev === there.dev;
  }

  #stopWatching(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #takeDown(): void {
    this.#stopWatching();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
