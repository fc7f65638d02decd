import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Server } from 'socket.io';
import { answerQuestions } from './fanout-programs.ts';
import type { PlannedClaim } from './load.ts';

/** What is measured beside Carat: a Socket.IO server that sends each gift to a room, and decides nothing. */

type Listening = { readonly port: number; readonly recovery: boolean };
/** A claim with its number in the order of sending, which stands for its place. */
export type StockGift = PlannedClaim & { readonly number: number };

const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();

const questions = {
  /** @returns the port */
  async listen({ port, recovery }: Listening): Promise<number> {
    const http = createServer();
    const io = new Server(http, {
      transports: ['websocket'],
      serveClient: false,
      ...(recovery && { connectionStateRecovery: {} }),
    });
    io.on('connection', (socket) => {
      if (socket.handshake.auth.watches === true) socket.join('live');
      socket.on('gift:send', ({ number, ...gift }: StockGift, answer: (number: number) => void) => {
        const coins = 5 * gift.count;
        io.to('live').emit('gift', { position: String(number), ...gift, booked: 1, coins, at: Date.now() });
        answer(number);
      });
    });
    http.listen(port, '127.0.0.1');
    await once(http, 'listening');
    return (http.address() as AddressInfo).port;
  },
  /** The event loop's delay since this was last asked, p99, in ms. */
  delayMs(): number {
    const delay = delays.percentile(99) / 1e6;
    delays.reset();
    return delay;
  },
};

export type StockServer = typeof questions;

answerQuestions(questions);
