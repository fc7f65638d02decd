import { io, type Socket } from 'socket.io-client';
import { v7 } from 'uuid';
import { planClaims } from './crowd.ts';
import { sendSteadily } from './fanout-pace.ts';
import type { PlannedClaim } from './load.ts';

const viewers = 2_000;

/** What simulated viewers send to one live. */
export const planRoom = (claims: number): PlannedClaim[] => planClaims(['live'], viewers, claims, 1)[0]!;

/** A socket that sends for all viewers. @param token none where the server asks for none */
export const openSender = async (url: string, token?: string): Promise<Socket> => {
  const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { token } });
  const ready = token === undefined ? 'connect' : 'welcome';
  await new Promise<void>((resolve) => socket.once(ready, () => resolve()));
  return socket;
};

export type Sending = {
  readonly live: string;
  readonly plan: readonly PlannedClaim[];
  readonly perSecond: number;
  /** Whether the server takes the number of a gift for its place. */
  readonly numbered: boolean;
};

export type Sent = {
  readonly gifts: number;
  /** The last place that was acknowledged. */
  readonly last: number;
  readonly refused: number;
};

/**
 * Sends gifts at a steady pace until it is ended, which then waits for all answers. `sentAt` says when each
 * was sent, by its combo and count.
 */
export const startSending = (socket: Socket, { live, plan, perSecond, numbered }: Sending) => {
  const sentAt = new Map<string, number>();
  const combos = new Map<number, string>();
  let [last, refused, answered] = [0, 0, 0];
  let done: (() => void) | undefined;
  const stop = sendSteadily(perSecond, (number) => {
    const { combo, ...planned } = plan[number % plan.length]!;
    const id = combos.get(combo) ?? v7();
    combos.set(combo, id);
    sentAt.set(`${id}/${planned.count}`, Date.now());
    const claim = { ...planned, live, combo: id, ...(numbered && { number }) };
    socket.emit('gift:send', claim, (answer: number | { refused?: string; position?: string }) => {
      answered++;
      if (typeof answer === 'number') last = answer;
      else if (answer.refused) refused++;
      else last = Math.max(last, Number(answer.position));
      done?.();
    });
  });
  return {
    sentAt,
    async end(): Promise<Sent> {
      const gifts = stop();
      await new Promise<void>((resolve) => {
        done = () => answered === gifts && resolve();
        done();
      });
      return { gifts, last, refused };
    },
  };
};
