import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  Claim,
  ClientToServer,
  LiveSnapshot,
  MissedPage,
  Receipt,
  Refusal,
  ServerToClient,
} from '@carat/protocol';
import { Server, type Socket } from 'socket.io';
import { createLog } from './log.fixture.ts';

type ServerSocket = Socket<ClientToServer, ServerToClient>;
type Verdict = Receipt | Refusal | 'no_answer' | 'cut_before' | 'cut_after';

/** A live of which nothing is known but that it runs. */
export const unknownLive: LiveSnapshot = {
  live: 'l',
  creator: 'c',
  title: null,
  ended: false,
  goal: null,
  numbers: null,
};

/**
 * A small gateway for specs: real sockets, the protocol's messages, and one wallet per test that books claims
 * as the protocol says. `script` decides what happens to each claim; undefined books it.
 */
export const startGateway = async (
  options: { port?: number; maxClaimsInFlight?: number; log?: ReturnType<typeof createLog> } = {},
) => {
  const pages = new Map<string, { type: string; body: string }>();
  // Like an API that serves pages beside `/config`, which names this very gateway.
  const http = createServer(({ headers, url = '/' }, answer) => {
    const config = { type: 'application/json', body: JSON.stringify({ gateway: `http://${headers.host}` }) };
    const page = url === '/config' ? config : pages.get(url.split('?')[0]!);
    answer.writeHead(page ? 200 : 404, { 'content-type': page?.type ?? 'text/plain' });
    answer.end(page?.body);
  });
  const io = new Server<ClientToServer, ServerToClient>(http, { transports: ['websocket'] });
  const combos = new Map<string, number>();
  const log = options.log ?? createLog();
  const state = {
    /** Every claim that arrived, in order. */
    arrived: [] as Claim[],
    tokens: [] as unknown[],
    renewed: [] as string[],
    watched: [] as string[],
    left: [] as string[],
    mostInFlight: 0,
    booked: 0,
    now: () => Date.now(),
    script: (_claim: Claim, _nth: number): Verdict | undefined => undefined,
    /** A refusal of whoever connects. */
    door: (_token: unknown): Refusal | undefined => undefined,
    welcome: true,
    /** How long the nth answer takes, in ms. */
    delayMs: (_nth: number) => 0,
    snapshot: (live: string): LiveSnapshot | Refusal => ({ ...unknownLive, live }),
    /** Pages of missed bookings that were asked for, by the place they were to begin after. */
    missed: [] as string[],
    page: (after: string): MissedPage | Refusal | 'no_answer' => log.page(after),
    /** When the token that was told expires, in ms since 1970. */
    expiresAt: (_token: string) => Date.now() + 60_000,
  };

  const book = (claim: Claim): Receipt => {
    const count = Math.max(combos.get(claim.combo) ?? 0, claim.count);
    state.booked += count - (combos.get(claim.combo) ?? 0);
    combos.set(claim.combo, count);
    const position = String(state.arrived.length);
    return {
      combo: claim.combo,
      count,
      coins: count,
      millidiamonds: count,
      balance: 0,
      position,
      at: state.now(),
    };
  };

  const serve = (socket: ServerSocket): void => {
    let inFlight = 0;
    socket.on('gift:send', (sent, answer) => {
      const claim = { ...sent };
      inFlight += 1;
      state.mostInFlight = Math.max(state.mostInFlight, inFlight);
      const nth = state.arrived.push(claim);
      const verdict = state.script(claim, nth);
      if (verdict === 'cut_before') return void socket.conn.close();
      const receipt = typeof verdict === 'object' ? verdict : book(claim);
      if (verdict === 'cut_after') return void socket.conn.close();
      if (verdict === 'no_answer') return;
      const give = (): void => {
        inFlight -= 1;
        answer(receipt);
      };
      const wait = state.delayMs(nth);
      if (wait > 0) setTimeout(give, wait);
      else setImmediate(give);
    });
    socket.on('live:watch', ({ live }, answer) => {
      state.watched.push(live);
      void socket.join(live);
      answer(state.snapshot(live));
    });
    socket.on('live:missed', ({ after }, answer) => {
      state.missed.push(after);
      const page = state.page(after);
      if (page !== 'no_answer') answer(page);
    });
    socket.on('live:leave', ({ live }, answer) => {
      state.left.push(live);
      void socket.leave(live);
      answer({});
    });
    socket.on('token:renew', ({ token }, answer) => {
      state.renewed.push(token);
      answer({ expiresAt: state.expiresAt(token) });
    });
    const { maxClaimsInFlight = 4 } = options;
    if (state.welcome)
      socket.emit('welcome', { now: state.now(), sub: 'v', roles: ['viewer'], maxClaimsInFlight });
  };

  io.use((socket, next) => {
    const { token } = socket.handshake.auth;
    state.tokens.push(token);
    const refused = state.door(token);
    next(refused && Object.assign(new Error(refused.refused), { data: refused }));
  });
  io.on('connection', serve);
  await new Promise<void>((listening) => http.listen(options.port ?? 0, '127.0.0.1', listening));
  const { port } = http.address() as AddressInfo;

  return Object.assign(state, {
    port,
    url: `http://127.0.0.1:${port}`,
    io,
    log,
    pages,
    combos,
    cutAll: () => {
      for (const socket of io.of('/').sockets.values()) socket.conn.close();
    },
    close: () => io.close(),
  });
};

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;
