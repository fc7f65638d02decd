import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AppendResult } from '@carat/event-store';
import { goOn, type Lane, type Line, type Sent } from './event-store-appends.ts';

/** An append that was answered, as it was sent. */
export type Answered = { readonly sent: Sent; readonly result: AppendResult; readonly resent: boolean };

const script = join(import.meta.dirname, 'event-store-appender.fixture.ts');
const maxProgressMs = 60_000;

/** A process that appends, seen from outside: what it sent and what it was answered outlives it. */
export class Appender {
  readonly answered: Answered[] = [];
  readonly failures: string[] = [];
  readonly #lanes: Lane[];
  readonly #resent: Set<Lane>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #unfinished = '';
  #complaints = '';
  #onHeard: (() => void) | undefined;

  /** @param lanes where to go on from: kept up to date with all that is said */
  constructor(url: string, lanes: Lane[]) {
    this.#lanes = lanes;
    this.#resent = new Set(lanes.filter(({ open }) => open !== undefined));
    this.#child = spawn(process.execPath, [script, url], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin!.on('error', () => {});
    this.#child.stdin!.end(JSON.stringify(lanes));
    this.#child.stderr!.on('data', (text) => {
      this.#complaints += text;
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (text) => this.#hear(text));
    this.#ended = once(this.#child, 'close');
  }

  /** The last line of a process that was killed may be cut off, and counts as not said. */
  #hear(text: string): void {
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop()!;
    for (const line of lines) this.#take(JSON.parse(line));
    this.#onHeard?.();
  }

  #take(said: Line): void {
    if (!('lane' in said)) return;
    const lane = this.#lanes[said.lane]!;
    if ('sent' in said) lane.open = said.sent;
    else if ('failed' in said) this.failures.push(said.failed);
    else {
      this.answered.push({ sent: lane.open!, result: said.answered, resent: this.#resent.delete(lane) });
      goOn(lane, said.answered);
    }
  }

  /** Resolves once so many appends were answered in all. */
  async until(appends: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () =>
        reject(new Error(`Only ${this.answered.length} of ${appends} were answered. ${this.#complaints}`)),
      maxProgressMs,
    );
    this.#child.once('exit', () => reject(new Error(`The appending process ended. ${this.#complaints}`)));
    this.#onHeard = () => {
      if (this.answered.length >= appends) resolve();
    };
    this.#onHeard();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#onHeard = undefined;
    }
  }

  /** Kills it at once, and resolves when all that it had said is heard. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Lets it end: everything that it sent is answered then. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    if (this.#child.exitCode !== 0)
      throw new Error(`It ended with ${this.#child.exitCode}. ${this.#complaints}`);
  }
}
