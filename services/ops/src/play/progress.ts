import { SingleBar } from 'cli-progress';

export type Progress = { update(done: number): void; stop(): void };

const silent: Progress = { update: () => undefined, stop: () => undefined };
const updatesPerSecond = 10;

/** A bar on a terminal, nothing elsewhere. */
export const startProgress = (name: string, total: number, shown: boolean): Progress => {
  if (!shown || total === 0) return silent;
  const bar = new SingleBar({
    format: `${name} {bar} {value}/{total} frames, {eta_formatted} to go`,
    stream: process.stderr,
    fps: updatesPerSecond,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
};
