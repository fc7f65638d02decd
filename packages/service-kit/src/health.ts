/** Says what is wrong, in a few words; undefined while all is well. */
export type Check = () => string | undefined | Promise<string | undefined>;

export type Readiness = { readonly ok: boolean; readonly checks: Readonly<Record<string, string>> };

export type Health = {
  add(name: string, check: Check): void;
  /** True as long as the process can answer at all. */
  live(): boolean;
  /** Runs all checks at once; one that throws or takes longer than `maxCheckMs` has failed. */
  ready(): Promise<Readiness>;
  /** From now on not ready: a balancer sends nobody here any more. */
  drain(): void;
};

export const maxCheckMs = 2_000;

/** Whether a process is alive, and whether it can do its work: each dependency adds a check. */
export const createHealth = (): Health => {
  const checks = new Map<string, Check>();
  let draining = false;
  return {
    add: (name, check) => void checks.set(name, check),
    live: () => true,
    ready: async () => {
      const entries = [...checks].map(async ([name, check]) => [name, (await run(check)) ?? 'ok'] as const);
      const answers = Object.fromEntries(await Promise.all(entries));
      if (draining) answers.draining = 'the process is shutting down';
      return { ok: Object.values(answers).every((answer) => answer === 'ok'), checks: answers };
    },
    drain: () => {
      draining = true;
    },
  };
};

const run = async (check: Check): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, maxCheckMs, `no answer within ${maxCheckMs} ms`);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error && error.message ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
};
