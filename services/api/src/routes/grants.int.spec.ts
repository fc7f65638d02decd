import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readEventOf, streams, walletEventTypes } from '@carat/domain';
import { type EventStore, EventStoreError } from '@carat/event-store';
import { http, largest } from '@carat/protocol';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApi } from '../app.ts';
import {
  callerOf,
  changeStore,
  createLog,
  creator,
  dependenciesOf,
  operator,
  service,
  startApi,
  viewer,
} from '../testing/api-under-test.ts';

let log: Awaited<ReturnType<typeof createLog>>;
let apps: ReturnType<typeof buildApi>[];
let one: ReturnType<typeof callerOf>;
let other: ReturnType<typeof callerOf>;
let store: EventStore;

/** Two processes' worth of api on one log. */
beforeAll(async () => {
  log = await createLog();
  store = await log.open();
  apps = [buildApi(dependenciesOf(store)), buildApi(dependenciesOf(await log.open()))];
  for (const app of apps) await app.ready();
  [one, other] = apps.map(callerOf) as [typeof one, typeof other];
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await log.remove();
});

const grant = (by: typeof one, id: string, to: string, coins: number) =>
  by.call('POST', '/grants', service, { grant: id, viewer: to, coins });
const eventsOf = async (stream: string) => {
  const page = await store.readStream(stream, { limit: 1_000 });
  return page.exists ? page.events : [];
};
const balanceOf = async (id: string) => (await one.call('GET', `/wallets/${id}`, operator)).body.balance;

describe('granting coins', () => {
  it('books them once: in the grant’s own stream and the wallet’s, together', async () => {
    const { status, body } = await grant(one, 'g1', 'w1', 500);
    expect(status).toBe(200);
    expect(http.grant.parse(body)).toMatchObject({ grant: 'g1', viewer: 'w1', coins: 500, repeated: false });
    const [made] = await eventsOf(streams.grant('g1'));
    const [granted] = await eventsOf(streams.wallet('w1'));
    expect(made).toMatchObject({
      type: 'GrantMade',
      data: { grant: 'g1', viewer: 'w1', coins: 500, by: 'platform', at: body.at },
    });
    expect(granted).toMatchObject({
      type: 'CoinsGranted',
      data: { grant: 'g1', viewer: 'w1', coins: 500, at: body.at, after: { balance: 500 } },
    });
  });

  it('answers the first grant whenever it is repeated, and books nothing', async () => {
    const first = await grant(one, 'g2', 'w2', 500);
    await grant(one, 'g2-next', 'w2', 70);
    for (const by of [one, other, one]) {
      expect(await grant(by, 'g2', 'w2', 500)).toEqual({
        status: 200,
        body: { ...first.body, repeated: true },
      });
    }
    expect(await balanceOf('w2')).toBe(570);
  });

  it('refuses a grant id for another wallet or amount', async () => {
    await grant(one, 'g3', 'w3', 500);
    for (const body of [
      { grant: 'g3', viewer: 'w3-other', coins: 500 },
      { grant: 'g3', viewer: 'w3', coins: 501 },
    ]) {
      await other.callRefused('grant_belongs_to_another_wallet', 'POST', '/grants', service, body);
    }
    expect(await balanceOf('w3')).toBe(500);
    expect(await balanceOf('w3-other')).toBe(0);
  });

  it('refuses what would overfill the wallet', async () => {
    const grants = largest.balanceCoins / largest.grantCoins;
    const at = Date.now();
    const granted = { grant: 'before', viewer: 'full', coins: largest.balanceCoins - 1, at };
    const events = [
      { id: v7(), type: 'CoinsGranted', data: { ...granted, after: { balance: largest.balanceCoins - 1 } } },
    ];
    await store.append([{ stream: streams.wallet('full'), expected: 'no_stream', events }]);
    expect(grants).toBeGreaterThan(1);
    const body = { grant: 'g4', viewer: 'full', coins: 2 };
    await one.callRefused('wallet_is_full', 'POST', '/grants', service, body);
    expect((await grant(one, 'g4', 'full', 1)).body).toMatchObject({ repeated: false });
  });

  it('refuses viewers and creators, and amounts that are none', async () => {
    const body = { grant: 'g5', viewer: viewer.sub, coins: 5 };
    await one.callRefused('forbidden', 'POST', '/grants', viewer, body);
    await one.callRefused('forbidden', 'POST', '/grants', creator, body);
    for (const coins of [0, -5, 1.5, '5', largest.grantCoins + 1, Number.MAX_VALUE]) {
      const refused = await one.callRefused('invalid', 'POST', '/grants', service, { ...body, coins });
      expect(refused.path).toBe('coins');
    }
    expect(await eventsOf(streams.grant('g5'))).toEqual([]);
  });
});

describe('grants at the same moment in two processes', () => {
  it('the very same one: exactly one books, all answer the same', async () => {
    for (let round = 0; round < 10; round++) {
      const id = `same-${round}`;
      const to = `same-wallet-${round}`;
      const answers = await Promise.all([one, other, one, other].map((by) => grant(by, id, to, 100)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(answers.filter(({ body }) => body.repeated === false)).toHaveLength(1);
      expect(new Set(answers.map(({ body }) => body.at)).size).toBe(1);
      expect(await eventsOf(streams.grant(id))).toHaveLength(1);
      expect(await eventsOf(streams.wallet(to))).toHaveLength(1);
      expect(await balanceOf(to)).toBe(100);
    }
  });

  it('many for one wallet: all are booked, and every balance follows from the one before it', async () => {
    const ids = Array.from({ length: 60 }, (_, i) => `many-${i}`);
    const answers = await Promise.all(ids.map((id, i) => grant(i % 2 ? one : other, id, 'many', i + 1)));
    expect(answers.every(({ status, body }) => status === 200 && body.repeated === false)).toBe(true);
    let balance = 0;
    for (const stored of await eventsOf(streams.wallet('many'))) {
      const { data } = readEventOf(walletEventTypes, stored);
      balance += data.coins;
      expect(data.after.balance).toBe(balance);
    }
    expect(balance).toBe((60 * 61) / 2);
    expect(await balanceOf('many')).toBe(balance);
  });

  it('one id for two wallets: one of them gets it, the other is refused', async () => {
    for (let round = 0; round < 10; round++) {
      const wallets = [`left-${round}`, `right-${round}`];
      const answers = await Promise.all([
        grant(one, `torn-${round}`, wallets[0]!, 100),
        grant(other, `torn-${round}`, wallets[1]!, 100),
      ]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      const winner = answers[0]!.status === 200 ? 0 : 1;
      expect(answers[1 - winner]!.body.refused).toBe('grant_belongs_to_another_wallet');
      expect(await balanceOf(wallets[winner]!)).toBe(100);
      expect(await balanceOf(wallets[1 - winner]!)).toBe(0);
    }
  });

  it('gets through while gifts are sent from the wallet without a pause', async () => {
    await grant(one, 'busy-0', 'busy', 1_000_000);
    const gateway = await startBusyGateway('busy');
    for (let i = 1; i <= 20; i++) {
      expect((await grant(i % 2 ? one : other, `busy-${i}`, 'busy', 1_000)).body).toMatchObject({
        repeated: false,
      });
    }
    const spent = await gateway.stop();
    expect(spent).toBeGreaterThan(0);
    expect(await balanceOf('busy')).toBe(1_000_000 + 20 * 1_000 - spent);
  });
});

/** A gateway in a process of its own that spends coins from a wallet all the time. */
const startBusyGateway = async (from: string) => {
  const program = fileURLToPath(new URL('../testing/busy-gateway.ts', import.meta.url));
  const child = spawn(process.execPath, [program, `sqlite:${log.dir}/log.db`, from], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    stop: async (): Promise<number> => {
      child.stdin.end();
      await ended;
      return Number(said.trim().split('\n').at(-1));
    },
  };
};

describe('a grant whose outcome is unknown', () => {
  it('is sent again as it was, and booked once', async () => {
    let cuts = 0;
    const cutting = changeStore(store, {
      append: async (writes) => {
        const result = await store.append(writes);
        cuts += 1;
        if (cuts <= 2) throw new EventStoreError('outcome_unknown', 'The connection was cut.');
        return result;
      },
    });
    const api = await startApi({ store: cutting });
    const { body } = await grant(api, 'cut', 'cut-wallet', 100);
    expect(body).toMatchObject({ repeated: false, coins: 100 });
    expect(cuts).toBe(3);
    expect(await eventsOf(streams.wallet('cut-wallet'))).toHaveLength(1);
    await api.close();
  });

  it('is answered `outcome_unknown` where it stays so; repeating it then books it at most once', async () => {
    const cut = changeStore(store, {
      append: async (writes) => {
        await store.append(writes);
        throw new EventStoreError('outcome_unknown', 'The connection was cut.');
      },
    });
    const api = await startApi({ store: cut });
    const body = { grant: 'lost', viewer: 'lost-wallet', coins: 100 };
    const refused = await api.callRefused('outcome_unknown', 'POST', '/grants', service, body);
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    expect((await grant(one, 'lost', 'lost-wallet', 100)).body).toMatchObject({ repeated: true, coins: 100 });
    expect(await balanceOf('lost-wallet')).toBe(100);
    await api.close();
  });
});
