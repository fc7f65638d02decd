import type { Redis } from 'ioredis';

/** What happens to one command of a process that dies: it is never sent, or its answer is never heard. */
export type CrashPoint = { readonly command: number; readonly when: 'before' | 'after' };

export class Crashed extends Error {
  override readonly name = 'Crashed';
}

/**
 * A process's connection to a real Redis, which dies at one of its commands: that one and all after it fail.
 * Commands that were sent before are answered, as those of a killed process are carried out.
 */
export const dyingAt = (redis: Redis, crash: CrashPoint): Redis => {
  let sent = 0;
  const send = (run: () => Promise<unknown>): Promise<unknown> => {
    const at = sent++;
    if (at < crash.command) return run();
    if (at > crash.command || crash.when === 'before') return Promise.reject(new Crashed());
    return run().then(() => Promise.reject(new Crashed()));
  };
  return new Proxy(redis, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => send(() => value.apply(target, args) as Promise<unknown>);
    },
  });
};
