import { io, type Socket } from 'socket.io-client';
import { type Cuts, cutAll } from './drops-cutting.ts';
import { openNetwork } from './drops-network.ts';
import { answerQuestions } from './fanout-programs.ts';

/** Clients of stock Socket.IO with connection state recovery, each with a network of its own. */

export type StockVerdict = {
  readonly clients: number;
  /** Of all clients together: what the server had acknowledged and one was never told. */
  readonly lost: number;
  /** Of these, what was sent up to a number. */
  readonly lostBefore: number;
  readonly doubled: number;
  readonly clientsWithLoss: number;
  /** Reconnects that the server recovered, and those that it did not. */
  readonly recovered: number;
  readonly begunAnew: number;
};

type Client = { readonly socket: Socket; readonly seen: Set<number>; doubled: number; last: number };

const network = openNetwork();
const clients = new Map<number, Client>();
const atOnce = 50;
let [recovered, begunAnew] = [0, 0];
let calm = (): number => 0;

const join = async (n: number, url: string): Promise<void> => {
  const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { watches: true } });
  const client: Client = { socket, seen: new Set(), doubled: 0, last: 0 };
  socket.on('gift', ({ position }: { position: string }) => {
    const number = Number(position);
    if (client.seen.has(number)) client.doubled++;
    client.seen.add(number);
    client.last = number;
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  socket.on('connect', () => {
    if (socket.recovered) recovered++;
    else begunAnew++;
  });
  clients.set(n, client);
};

const questions = {
  async watch({ url, clients: numbers }: { url: string; clients: readonly number[] }): Promise<void> {
    for (let n = 0; n < numbers.length; n += atOnce) {
      const some = numbers.slice(n, n + atOnce);
      await Promise.all(some.map((client) => network.of(client, () => join(client, url))));
    }
  },
  disturb(cuts: Cuts): void {
    calm = cutAll(network, [...clients.keys()], cuts);
  },
  /** @returns how many cuts there were */
  calm: (): number => calm(),
  /** How many clients are away, or were not yet told the last gift. */
  behind: (last: number): number =>
    [...clients.values()].filter((client) => !client.socket.connected || client.last < last).length,
  judge({ sent, before }: { sent: readonly number[]; before: number }): StockVerdict {
    const all = [...clients.values()];
    const lost = all.map(({ seen }) => sent.filter((number) => !seen.has(number)));
    return {
      clients: all.length,
      lost: lost.flat().length,
      lostBefore: lost.flat().filter((number) => number <= before).length,
      doubled: all.reduce((sum, { doubled }) => sum + doubled, 0),
      clientsWithLoss: lost.filter((numbers) => numbers.length > 0).length,
      recovered,
      begunAnew,
    };
  },
};

export type DropsStockClients = typeof questions;

answerQuestions(questions);
