import type { LiveFeed, LiveSnapshot, LiveTick, MissedPage, Refusal, ShownBooking } from '@carat/protocol';
import { io } from 'socket.io-client';

/** Somebody who watches a live without the SDK, by what the wire promises alone. */
export type Watcher = {
  /** Every booking that was handed on, in order. */
  readonly seen: readonly ShownBooking[];
  readonly tick: () => LiveTick | undefined;
  /** How often it was told that bookings are no longer held. */
  readonly gaps: () => number;
  /** Pages of missed bookings that it asked for, and the slowest catching up, in ms. */
  readonly pages: () => number;
  readonly slowestMs: () => number;
  /** Cuts its connection, as a network does; it comes back by itself. */
  cut(): void;
  /** Stops reading from its connection. @returns what goes on */
  stall(): () => void;
  close(): void;
};

const isBefore = (a: string, b: string): boolean => a.length < b.length || (a.length === b.length && a < b);

/** Watches a live from now on, across reconnects. Resolves when it has its first snapshot. */
export const watch = async (url: string, live: string, token: string): Promise<Watcher> => {
  const reconnecting = { reconnectionDelay: 100, reconnectionDelayMax: 500 };
  const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { token }, ...reconnecting });
  const seen: ShownBooking[] = [];
  let upTo: string | undefined;
  let tick: LiveTick | undefined;
  let [gaps, pages, slowestMs] = [0, 0, 0];
  let working = Promise.resolve();

  const take = (bookings: readonly ShownBooking[]): void => {
    for (const booking of bookings) {
      if (!isBefore(upTo!, booking.position)) continue;
      seen.push(booking);
      upTo = booking.position;
    }
  };
  const catchUp = async (): Promise<void> => {
    const began = performance.now();
    for (;;) {
      const asked = { live, after: upTo };
      const page: MissedPage | Refusal = await socket.timeout(5_000).emitWithAck('live:missed', asked);
      pages++;
      if ('refused' in page) {
        await new Promise((resolve) => setTimeout(resolve, page.retryAfterMs ?? 1_000));
        continue;
      }
      if (page.gap) gaps++;
      take(page.bookings);
      if (!page.more) break;
    }
    slowestMs = Math.max(slowestMs, performance.now() - began);
  };
  /** One thing after the other, each until it is done; after a cut it is the next connection's to do. */
  const then = (work: () => Promise<void>): void => {
    const { id } = socket;
    working = working.then(async () => {
      while (socket.id === id && socket.connected && (await work().catch(() => 'failed')));
    });
  };

  const ready = new Promise<void>((resolve, reject) => {
    socket.on('connect_error', (error) => upTo === undefined && reject(error));
    socket.on('welcome', () =>
      then(async () => {
        const snapshot: LiveSnapshot = await socket.timeout(5_000).emitWithAck('live:watch', { live });
        if (upTo !== undefined) return catchUp();
        upTo = snapshot.numbers!.asOf.position!;
        resolve();
      }),
    );
  });
  socket.on('live:tick', (told: LiveTick) => {
    tick = told;
  });
  socket.on('live:feed', ({ after, bookings }: LiveFeed) =>
    then(async () => {
      if (after === null || isBefore(upTo!, after)) await catchUp();
      take(bookings);
    }),
  );
  await ready;
  return {
    seen,
    tick: () => tick,
    gaps: () => gaps,
    pages: () => pages,
    slowestMs: () => slowestMs,
    cut: () => socket.io.engine.close(),
    stall() {
      const { ws } = socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } };
      ws.pause();
      return () => ws.resume();
    },
    close: () => socket.disconnect(),
  };
};
