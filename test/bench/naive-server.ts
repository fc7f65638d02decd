import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultCatalogue } from '@carat/simulator';
import pg from 'pg';
import { Server } from 'socket.io';

/**
 * The stack that most would build: Socket.IO, and a transaction of PostgreSQL for each gift, which checks and
 * moves the wallet, keeps the gift and adds to what its creator has. It books every claim as one more gift.
 */

type Claim = {
  readonly viewer: string;
  readonly live: string;
  readonly gift: string;
  readonly combo: string;
};

const poolSize = 16;
const millidiamondsPerCoin = 1_000;
const prices = new Map(defaultCatalogue.map(({ id, coins }) => [id, coins]));
const pool = new pg.Pool({ connectionString: process.argv[2], max: poolSize });

const pay = 'UPDATE wallets SET balance = balance - $2 WHERE viewer = $1 AND balance >= $2 RETURNING balance';
const keep =
  'INSERT INTO gifts (viewer, live, creator, gift, combo, coins, at) VALUES ($1, $2, $3, $4, $5, $6, now())';
const earn =
  'UPDATE creators SET coins = coins + $2, millidiamonds = millidiamonds + $3, gifts = gifts + 1 ' +
  'WHERE creator = $1';

const book = async ({ viewer, live, gift, combo }: Claim): Promise<object> => {
  const coins = prices.get(gift)!;
  const creator = `creator-of-${live}`;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const paid = await client.query({ name: 'pay', text: pay, values: [viewer, coins] });
    if (paid.rowCount === 0) {
      await client.query('ROLLBACK');
      return { refused: 'wallet_has_too_few_coins' };
    }
    await client.query({ name: 'keep', text: keep, values: [viewer, live, creator, gift, combo, coins] });
    await client.query({ name: 'earn', text: earn, values: [creator, coins, coins * millidiamondsPerCoin] });
    await client.query('COMMIT');
    return { combo, coins, balance: paid.rows[0].balance };
  } finally {
    client.release();
  }
};

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => {
  socket.on('gift:send', async (claim: Claim, answer: (receipt: object) => void) =>
    answer(await book(claim)),
  );
  socket.emit('welcome', {});
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
process.send?.((http.address() as AddressInfo).port);
process.once('disconnect', () => process.exit(0));
