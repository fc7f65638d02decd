import type { Logger } from '@carat/service-kit';

export type Loop = {
  /** Why the last round broke off: one sentence; undefined where it did not. For `health.add`. */
  fault(): string | undefined;
  /** Breaks off the round at hand where it can be, and waits for its end; no other comes. */
  stop(): Promise<void>;
};

type Options = {
  readonly name: string;
  /** The pause between two rounds. */
  readonly everyMs: number;
  /** For how long rounds may fail before it is told of as a fault; where it is missing, not at all. */
  readonly lateMs?: number;
  /** One round, to be broken off by the signal. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
};

/** Does something again and again, one round after the other; a round that fails is not the last. */
export const startLoop = ({ name, everyMs, lateMs = 0, run, log }: Options): Loop => {
  const ending = new AbortController();
  let fault: string | undefined;
  let failingSince = 0;
  let timer: NodeJS.Timeout | undefined;

  const round = async (): Promise<void> => {
    try {
      await run(ending.signal);
      fault = undefined;
    } catch (error) {
      if (ending.signal.aborted) return;
      const said = error instanceof Error ? error.message : String(error);
      if (fault === undefined) failingSince = performance.now();
      if (said !== fault) log.error({ err: error }, `${name} broke off`);
      fault = said;
    }
  };
  let running: Promise<void> = Promise.resolve();
  const again = (): void => {
    running = round().then(() => {
      if (!ending.signal.aborted) timer = setTimeout(again, everyMs);
    });
  };
  again();

  return {
    fault: () => (performance.now() - failingSince >= lateMs ? fault : undefined),
    stop: async () => {
      ending.abort();
      clearTimeout(timer);
      await running;
    },
  };
};
