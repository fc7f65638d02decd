import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a program of a bench can be asked, by name. */
// biome-ignore lint/suspicious/noExplicitAny: what is asked and answered differs from name to name
type Questions = Readonly<Record<string, (asked: any) => unknown>>;

/** A process of a bench's own, which answers questions and ends with this process. */
export type Program<Q extends Questions> = {
  readonly pid: number;
  /** @throws what went wrong there, or that it has ended */
  ask<Name extends keyof Q & string>(
    name: Name,
    asked?: Parameters<Q[Name]>[0],
  ): Promise<Awaited<ReturnType<Q[Name]>>>;
  end(signal?: NodeJS.Signals): Promise<void>;
};

type Asked = { readonly id: number; readonly name: string; readonly asked: unknown };
type Answered = { readonly id: number; readonly answer?: unknown; readonly error?: string };

/** Answers what the process that started this one asks. */
export const answerQuestions = (questions: Questions): void => {
  process.on('message', async ({ id, name, asked }: Asked) => {
    try {
      process.send!({ id, answer: await questions[name]!(asked) });
    } catch (error) {
      process.send!({ id, error: String(error) });
    }
  });
  process.once('disconnect', () => process.exit(0));
  process.send!('ready');
};

/** Starts a program of this folder and waits until it can be asked. */
export const startProgram = async <Q extends Questions>(file: string): Promise<Program<Q>> => {
  const child: ChildProcess = fork(join(import.meta.dirname, file), { serialization: 'advanced' });
  await once(child, 'message');
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let ids = 0;
  child.on('message', ({ id, answer, error }: Answered) => {
    const { resolve, reject } = waiting.get(id)!;
    waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(`${file}: ${error}`));
  });
  const ended = once(child, 'exit');
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} has ended`));
  });
  return {
    pid: child.pid!,
    ask: (name, asked) =>
      new Promise<never>((resolve, reject) => {
        const id = ++ids;
        waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
        child.send({ id, name, asked } satisfies Asked);
      }),
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
};
