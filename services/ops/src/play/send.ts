import { CaratError, CaratRefusal } from '@carat/client';
import type { Receipt } from '@carat/protocol';
import { limits } from '../limits.ts';
import { createComboIds } from './combo-ids.ts';
import { waitBefore } from './pace.ts';
import { createPermits } from './permits.ts';
import type { Plan, PlannedFrame } from './plan.ts';
import type { Sockets, ViewerSocket } from './sockets.ts';
import type { Tally } from './tally.ts';

export type Sending = {
  readonly plan: Plan;
  readonly tally: Tally;
  readonly sockets: Sockets;
  /** Times real speed; 0 is as fast as it goes. */
  readonly speed: number;
  readonly signal: AbortSignal;
  /** Called with the number of frames that have been answered. */
  readonly onProgress: (answered: number) => void;
  /** Ms that never go back. */
  readonly now?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
};

/**
 * Sends every frame of a plan as a claim of its viewer, in the order of arrival, each once it is due, and
 * resolves when all are answered. Frames of one combo are sent one after the other, each once the one before
 * it is answered.
 */
export const sendFrames = async (sending: Sending): Promise<void> => {
  const { plan, sockets, signal, speed, now = () => performance.now(), wait = pause } = sending;
  const underWay = createPermits(limits.maxFramesUnderWay);
  const left = plan.viewers.map(({ frames }) => frames);
  const tails = new Map<number, Promise<void>>();
  const claim = createClaims(sending);
  let answered = 0;
  let failure: unknown;

  const sendOne = async (frame: PlannedFrame, before: Promise<void> | undefined): Promise<void> => {
    const { viewer } = plan.combos[frame.combo]!;
    try {
      await before;
      if (failure !== undefined) return;
      const socket = await sockets.take(viewer);
      await claim(socket, frame);
      left[viewer]! -= 1;
      sockets.giveBack(viewer, left[viewer] === 0);
      answered += 1;
      sending.onProgress(answered);
    } catch (error) {
      failure ??= error;
    } finally {
      underWay.give();
    }
  };

  const start = now();
  for (const frame of plan.frames) {
    for (;;) {
      const ms = waitBefore(frame, speed, now() - start);
      if (ms === 0) break;
      await wait(Math.min(ms, limits.maxPauseMs), signal);
    }
    await underWay.take();
    if (failure !== undefined || signal.aborted) break;
    const sent = sendOne(frame, tails.get(frame.combo));
    tails.set(frame.combo, sent);
  }
  await untilAborted(Promise.all(tails.values()), signal);
  if (failure !== undefined) throw failure;
};

/** Sends single claims, and keeps account of what became of them. */
const createClaims = ({ plan, tally, now = () => performance.now() }: Sending) => {
  const ids = createComboIds(now);
  return async (socket: ViewerSocket, frame: PlannedFrame): Promise<void> => {
    const { viewer, gift } = plan.combos[frame.combo]!;
    const { id: combo, count } = ids.place(frame.combo, frame.count, () => socket.newComboId());
    const claim = { combo, live: plan.live, gift: plan.gifts[gift]!.id, count };
    const answer = await answerTo(socket.claim(claim));
    if (typeof answer === 'string') return tally.refused(answer);
    tally.answered(plan.viewers[viewer]!.id, answer);
    ids.reached(frame.combo, combo, answer.count);
  };
};

/** The receipt of a claim, or the code with which it was refused; `gave_up` where no answer came in time. */
const answerTo = async (claimed: Promise<Receipt>): Promise<Receipt | string> => {
  try {
    return await claimed;
  } catch (error) {
    if (error instanceof CaratRefusal) return error.code;
    if (error instanceof CaratError && error.code === 'gave_up') {
      return error.cause instanceof CaratRefusal ? error.cause.code : error.code;
    }
    throw error;
  }
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });

/** The same promise, or a rejection as soon as the signal aborts. */
const untilAborted = async (promise: Promise<unknown>, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
