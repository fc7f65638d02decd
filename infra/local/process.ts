import { setTimeout as pause } from 'node:timers/promises';
import { type Child, type Exit, lastWords, launchChild, logSize, type ProcessSpec } from './child.ts';
import { LocalError } from './failure.ts';

/** One child process, started again when it dies if its spec says so. */
export type SystemProcess = {
  readonly name: string;
  /** Of the running child; undefined while none runs. */
  readonly pid: number | undefined;
  /** How often it was started so far. */
  readonly starts: number;
  /** When the child that runs now (or ran last) is gone. */
  readonly exited: Promise<Exit>;
  /** Sends a signal. A child that dies of it is started again, after `firstBackoffMs` or more. */
  kill(signal?: NodeJS.Signals): void;
  /** Ends it in order, or by force after `maxStopMs`; it stays down until `start` or `restart`. */
  stop(): Promise<void>;
  /** Starts it where it is down, and waits until it is ready. @throws LocalError with what it said */
  start(): Promise<void>;
  /** Ends it in order and starts it again. @throws LocalError */
  restart(): Promise<void>;
  /** Waits until it is ready, through deaths and new starts. @throws LocalError after `maxReadyMs` */
  ready(): Promise<void>;
};

const firstBackoffMs = 200;
const maxBackoffMs = 5_000;
/** A child that lived this long is well: its next death is waited for no longer than the first. */
const wellAfterMs = 10_000;
const maxReadyMs = 60_000;
const readyPollMs = 25;
/** Longer than a service gives itself. */
const maxStopMs = 12_000;

/** Makes a process that is down; `say` is told of deaths and new starts, a line each. */
export const createProcess = (spec: ProcessSpec, say: (line: string) => void): SystemProcess => {
  const { name } = spec;
  let child: Child | undefined;
  let exited: Promise<Exit> = Promise.resolve({ code: null, signal: null });
  let wanted = false;
  let starts = 0;
  let backoffMs = firstBackoffMs;
  let timer: NodeJS.Timeout | undefined;

  const launch = (): void => {
    const born = Date.now();
    child = launchChild(spec);
    starts += 1;
    exited = child.exited.then((exit) => {
      child = undefined;
      if (Date.now() - born >= wellAfterMs) backoffMs = firstBackoffMs;
      if (wanted) relaunch(exit.signal ?? `exit code ${exit.code}`);
      return exit;
    });
  };

  const relaunch = (reason: string): void => {
    say(`${name} died (${reason}); starting it again in ${backoffMs} ms`);
    timer = setTimeout(launch, backoffMs);
    backoffMs = Math.min(backoffMs * 2, maxBackoffMs);
  };

  const isUp = (): boolean => child !== undefined;

  const self: SystemProcess = {
    name,
    get pid() {
      return child?.pid;
    },
    get starts() {
      return starts;
    },
    get exited() {
      return exited;
    },
    kill: (signal = 'SIGTERM') => void child?.kill(signal),
    async stop() {
      wanted = false;
      clearTimeout(timer);
      if (child) await end(child);
      await exited;
    },
    async start() {
      const from = logSize(spec.logFile);
      clearTimeout(timer);
      if (!child) launch();
      try {
        await whenReady(spec, isUp, from);
      } catch (error) {
        await self.stop();
        throw error;
      }
      wanted = spec.revived;
      if (wanted && !child) relaunch('at once');
    },
    async restart() {
      await self.stop();
      await self.start();
    },
    ready: () => whenReady(spec, isUp),
  };
  return self;
};

const end = async (child: Child): Promise<void> => {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), maxStopMs);
  await child.exited;
  clearTimeout(force);
};

/** With `from`, the place in its log where it began, it may not die on the way. @throws LocalError */
const whenReady = async (spec: ProcessSpec, isUp: () => boolean, from?: number): Promise<void> => {
  for (const deadline = Date.now() + maxReadyMs; Date.now() < deadline; await pause(readyPollMs)) {
    if (isUp() && (await spec.isReady())) return;
    if (!isUp() && from !== undefined) throw new LocalError(await lastWords(spec, from));
  }
  throw new LocalError(`${spec.name} was not ready within ${maxReadyMs / 1000} s; see ${spec.logFile}`);
};
