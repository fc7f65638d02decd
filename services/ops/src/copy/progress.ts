import type { Position } from '@carat/event-store';
import { SingleBar } from 'cli-progress';
import { many } from '../wording.ts';

/** How far into a log: so many events, the last of them at this position. */
export type Place = { readonly events: number; readonly position: Position | undefined };

export type Progress = {
  update(place: Place): void;
  stop(): void;
};

/** Begins to show a step that goes from one place of a log to a position. */
export type StartProgress = (step: string, begin: Place, end: Position | undefined) => Progress;

const updatesPerSecond = 5;
const permille = 1_000;
/** With what is said beside it of a million events, a line of 80 columns. */
const barChars = 12;
const lineEveryMs = 10_000;
const shortestRatedMs = 1_000;

/** A bar on a terminal. */
export const showBars: StartProgress = (step, begin, end) => {
  const bar = new SingleBar({
    format: `${step} {bar} {said}`,
    stream: process.stderr,
    fps: updatesPerSecond,
    barsize: barChars,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  const since = performance.now();
  bar.start(permille, 0, { said: '' });
  return {
    update: (place) => {
      const reckoned = reckon(begin, place, end, performance.now() - since);
      bar.update(Math.floor(reckoned.share * permille), { said: describe(place, reckoned) });
    },
    stop: () => bar.stop(),
  };
};

/** A line every ten seconds, for whoever keeps the output. */
export const showLines =
  (say: (line: string) => void): StartProgress =>
  (step, begin, end) => {
    const since = performance.now();
    let saidAt = since;
    return {
      update: (place) => {
        const now = performance.now();
        if (now - saidAt < lineEveryMs) return;
        saidAt = now;
        say(`${step}: ${describe(place, reckon(begin, place, end, now - since))}`);
      },
      stop: () => undefined,
    };
  };

export type Reckoned = {
  /** Of the way, from 0 to 1. */
  readonly share: number;
  /** Undefined within the first second, which tells nothing of the others. */
  readonly eventsPerSecond: number | undefined;
  readonly eventsLeft: number;
  readonly secondsLeft: number;
};

/**
 * A log can't say how many events it holds, but how far into it one stands: positions grow steadily with what
 * is stored, so the way between them is a fair measure, and what is still to come is reckoned from it.
 */
export const reckon = (begin: Place, at: Place, end: Position | undefined, tookMs: number): Reckoned => {
  const [from, here, to] = [begin.position, at.position, end].map((position) => Number(position ?? 0)) as [
    number,
    number,
    number,
  ];
  const share = to > from ? Math.min(1, Math.max(0, (here - from) / (to - from))) : 1;
  const events = at.events - begin.events;
  const left = share > 0 ? 1 / share - 1 : 0;
  return {
    share,
    eventsPerSecond: tookMs >= shortestRatedMs ? events / (tookMs / 1_000) : undefined,
    eventsLeft: Math.round(events * left),
    secondsLeft: (tookMs / 1_000) * left,
  };
};

const describe = (
  { events }: Place,
  { share, eventsPerSecond, eventsLeft, secondsLeft }: Reckoned,
): string => {
  const far = `${Math.floor(share * 100)} %, ${many(events, 'event')}`;
  if (eventsPerSecond === undefined) return far;
  return `${far}, ${Math.round(eventsPerSecond)}/s, ${eventsLeft} left, ${clock(secondsLeft)}`;
};

const clock = (seconds: number): string => {
  const whole = Math.ceil(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
};
