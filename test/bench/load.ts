import { io, type Socket } from 'socket.io-client';
import { quantile } from './quantiles.ts';

/** A claim to be sent, but for its combo's id, which is made when it is sent. */
export type PlannedClaim = {
  readonly viewer: string;
  readonly live: string;
  readonly gift: string;
  /** Combos of the plan, numbered; claims of one combo come in order. */
  readonly combo: number;
  readonly count: number;
};

export type LoadResult = {
  /** Acknowledged in the measured time, and per second. */
  readonly acknowledged: number;
  readonly perSecond: number;
  readonly refused: number;
  /** From sending to the acknowledgement, in ms. */
  readonly p50: number;
  readonly p99: number;
};

export const openSockets = (url: string, token: string | undefined, count: number): Promise<Socket[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { token } });
      await new Promise<void>((resolve, reject) => {
        socket.once('welcome', () => resolve());
        socket.once('connect_error', reject);
      });
      return socket;
    }),
  );

let ids = 0;

/** A UUIDv7 from the time and a counter: random ones would cost the load more than what it measures. */
const newComboId = (): string => {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${(++ids).toString(16).padStart(12, '0')}`;
};

/**
 * Closed loop: each socket keeps `inFlight` claims unanswered, for `warmUpMs` that are not counted and then
 * `runMs`.
 * @param plans what each socket sends, in order; from the start again where it is used up
 */
export const runClosedLoop = async (
  sockets: readonly Socket[],
  plans: readonly (readonly PlannedClaim[])[],
  { inFlight, warmUpMs, runMs }: { inFlight: number; warmUpMs: number; runMs: number },
): Promise<LoadResult> => {
  const latencies: number[] = [];
  let refused = 0;
  let measuring = false;
  let running = true;
  let open = 0;
  let done: (() => void) | undefined;

  const drive = (socket: Socket, plan: readonly PlannedClaim[]): void => {
    let combos = new Map<number, string>();
    let next = 0;
    const sendNext = (): void => {
      if (next === plan.length) {
        next = 0;
        combos = new Map();
      }
      const { combo, ...claim } = plan[next++]!;
      let id = combos.get(combo);
      if (id === undefined) {
        id = newComboId();
        combos.set(combo, id);
      }
      const sentAt = performance.now();
      open++;
      socket.emit('gift:send', { ...claim, combo: id }, (answer: object) => {
        open--;
        if ('refused' in answer) refused++;
        if (measuring) latencies.push(performance.now() - sentAt);
        if (running) sendNext();
        else if (open === 0) done?.();
      });
    };
    for (let n = 0; n < inFlight; n++) sendNext();
  };

  for (const [n, socket] of sockets.entries()) drive(socket, plans[n % plans.length]!);
  await new Promise((resolve) => setTimeout(resolve, warmUpMs));
  measuring = true;
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, runMs));
  measuring = false;
  const seconds = (performance.now() - startedAt) / 1_000;
  await new Promise<void>((resolve) => {
    done = resolve;
    running = false;
  });
  const sorted = Float64Array.from(latencies).sort();
  return {
    acknowledged: sorted.length,
    perSecond: sorted.length / seconds,
    refused,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
  };
};

/** Sends claims at a steady pace, whatever is answered when, until it is stopped. */
export const startOpenLoop = (
  sockets: readonly Socket[],
  plans: readonly (readonly PlannedClaim[])[],
  perSecond: number,
) => {
  const combos = plans.map(() => new Map<number, string>());
  const next = plans.map(() => 0);
  let latencies: number[] = [];
  let refused = 0;
  let sent = 0;
  const send = (n: number): void => {
    const plan = plans[n]!;
    if (next[n] === plan.length) {
      next[n] = 0;
      combos[n]!.clear();
    }
    const { combo, ...claim } = plan[next[n]!++]!;
    const id = combos[n]!.get(combo) ?? newComboId();
    combos[n]!.set(combo, id);
    const sentAt = performance.now();
    sockets[n]!.emit('gift:send', { ...claim, combo: id }, (answer: object) => {
      if ('refused' in answer) refused++;
      latencies.push(performance.now() - sentAt);
    });
  };
  const began = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * perSecond) / 1_000;
    for (; sent < due; sent++) send(sent % plans.length);
  }, 2);
  return {
    /** What was answered since it was last asked. */
    take(): {
      readonly answered: number;
      readonly refused: number;
      readonly p50: number;
      readonly p99: number;
    } {
      const sorted = Float64Array.from(latencies).sort();
      latencies = [];
      return { answered: sorted.length, refused, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
    },
    stop: (): void => clearInterval(timer),
  };
};
