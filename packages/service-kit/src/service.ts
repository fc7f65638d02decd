import { describeFailure } from './failure.ts';
import type { Logger } from './logging.ts';

/** What is closed when the process ends, in this order: for instance `['sockets', () => io.close()]`. */
export type CloseStep = readonly [name: string, step: () => Promise<unknown> | unknown];

export type RunningService = { readonly log: Logger; readonly close: readonly CloseStep[] };

/** One step that hangs must leave time for those after it. */
export const maxCloseStepMs = 4_000;
export const maxShutdownMs = 10_000;

/**
 * Runs a service from its first line to its last.
 *
 * Whatever keeps it from starting becomes one sentence on stderr and exit code 1. SIGTERM, SIGINT, SIGHUP and
 * the end of a parent that keeps an IPC channel to it (so no process outlives the system it belongs to) run
 * the close steps in order, each bounded, and end the process with 0, or 1 where a step failed. An uncaught
 * error is logged and ends it with 1, in order too.
 *
 * Signals that come while it is closing are ignored: a terminal and npm both deliver the same Ctrl-C.
 */
export const runService = async (name: string, main: () => Promise<RunningService>): Promise<void> => {
  const portVariable = `CARAT_${name.toUpperCase()}_PORT`;
  process.once('disconnect', dieWithParent);
  process.on('uncaughtException', failToStart);
  let service: RunningService;
  try {
    service = await main();
  } catch (error) {
    return failToStart(error);
  }
  process.off('uncaughtException', failToStart);
  process.off('disconnect', dieWithParent);
  endInOrder(name, service);

  function failToStart(error: unknown): never {
    process.stderr.write(`${name} could not start: ${describeFailure(error, portVariable)}\n`);
    process.exit(1);
  }
};

const dieWithParent = (): never => process.exit(1);

const endInOrder = (name: string, { log, close }: RunningService): void => {
  let ending = false;
  const end = async (reason: object, code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    log.info(reason, `${name} is shutting down`);
    setTimeout(() => {
      log.error(`${name} did not shut down within ${maxShutdownMs} ms`);
      process.exit(1);
    }, maxShutdownMs).unref();
    const allClosed = await closeAll(close, log);
    log.info(`${name} has shut down`);
    process.exit(allClosed ? code : 1);
  };

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void end({ signal }, 0));
  }
  // Errors during the shutdown are logged too, but do not cut it short: later steps may hold what must not be
  // lost.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'uncaught error');
    void end({ signal: 'uncaught error' }, 1);
  });
  if (process.connected === false) void end({ signal: 'end of the parent' }, 0);
  process.once('disconnect', () => void end({ signal: 'end of the parent' }, 0));
  // The channel is there to notice the parent's end, not to keep the process running.
  process.channel?.unref();
};

const closeAll = async (steps: readonly CloseStep[], log: Logger): Promise<boolean> => {
  let allClosed = true;
  for (const [step, run] of steps) {
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        run(),
        new Promise((_, reject) => {
          timer = setTimeout(reject, maxCloseStepMs, new Error(`not done within ${maxCloseStepMs} ms`));
        }),
      ]);
    } catch (error) {
      allClosed = false;
      log.error({ err: error, step }, 'a step of the shutdown failed');
    } finally {
      clearTimeout(timer);
    }
  }
  return allClosed;
};
