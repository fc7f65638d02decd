/** Says what is wrong, in a few words; undefined while all is well. */
export type Check = () => string | undefined | Promise<string | undefined>;

export type Readiness = {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
  /** What somebody is to look at though the process does its work; missing where there is nothing. */
  readonly warnings?: Readonly<Record<string, string>>;
};

export type Health = {
  add(name: string, check: Check): void;
  /** A check that is told of, and never makes the process unready. */
  warn(name: string, check: Check): void;
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
  const warnings = new Map<string, Check>();
  let draining = false;
  return {
    add: (name, check) => void checks.set(name, check),
    warn: (name, check) => void warnings.set(name, check),
    live: () => true,
    ready: async () => {
      const [found, warned] = await Promise.all([runAll(checks), runAll(warnings)]);
      const answers = Object.fromEntries(found.map(([name, fault = 'ok']) => [name, fault]));
      if (draining) answers.draining = 'the process is shutting down';
      const ok = Object.values(answers).every((answer) => answer === 'ok');
      const told = warned.filter((entry): entry is [string, string] => entry[1] !== undefined);
      return { ok, checks: answers, ...(told.length > 0 && { warnings: Object.fromEntries(told) }) };
    },
    drain: () => {
      draining = true;
    },
  };
};

const runAll = (checks: ReadonlyMap<string, Check>): Promise<[string, string | undefined][]> =>
  Promise.all([...checks].map(async ([name, check]) => [name, await run(check)]));

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
