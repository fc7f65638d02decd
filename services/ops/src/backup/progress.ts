import type { OnStep } from '@carat/event-store';
import { SingleBar } from 'cli-progress';

export type Progress = { readonly onStep: OnStep; stop(): void };

const updatesPerSecond = 10;
const units = { copied: 'pages', checked: 'events' } as const;

/** A bar for each step on a terminal, nothing elsewhere. */
export const startProgress = (shown: boolean): Progress => {
  let bar: SingleBar | undefined;
  let of: string | undefined;
  const stop = (): void => bar?.stop();
  const onStep: OnStep = (step, done, total) => {
    if (!shown) return;
    if (of !== step) {
      stop();
      bar = new SingleBar({
        format: `${step} {bar} {value}/{total} ${units[step]}, {eta_formatted} to go`,
        stream: process.stderr,
        fps: updatesPerSecond,
        hideCursor: true,
        clearOnComplete: true,
        barCompleteChar: '█',
        barIncompleteChar: '░',
      });
      bar.start(total, done);
      of = step;
    }
    bar?.update(done);
  };
  return { onStep, stop };
};
