import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type GrantCoins, streams } from '@carat/domain';
import { type EventStore, openEventStore, type StoredEvent } from '@carat/event-store';
import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import type { GrantOrder } from './event-store-granter.fixture.ts';
import { makeGrant, type Outcome } from './event-store-grants.ts';
import { kurrentUrl, printCounts, whole, withFolder } from './event-store-log.ts';

const rounds = whole ? 500 : 15;
/** Long enough for an order to reach another process before its moment. */
const noticeMs = 4;
const coins = 100;

/** Who makes grants. */
type Granter = { grant(command: GrantCoins, atMs: number): Promise<Outcome>; stop(): Promise<unknown> };

const here = async (url: string): Promise<Granter[]> => {
  const store = await openEventStore(url);
  const granter = { grant: (command: GrantCoins) => makeGrant(store, command), stop: () => store.close() };
  return [granter, { ...granter, stop: async () => {} }];
};

const elsewhere = async (url: string): Promise<Granter> => {
  const child = fork(join(import.meta.dirname, 'event-store-granter.fixture.ts'), [url]);
  await once(child, 'message');
  const tell = (order: GrantOrder) => child.send(order);
  return {
    grant: async (command, atMs) => {
      const answer = once(child, 'message');
      tell({ command, atMs });
      return (await answer)[0];
    },
    stop: () => {
      tell('stop');
      return once(child, 'exit');
    },
  };
};

const parties: Readonly<Record<string, (url: string) => Promise<Granter[]>>> = {
  'in one process': here,
  'in two processes': (url) => Promise.all([elsewhere(url), elsewhere(url)]),
};

const streamOf = async (store: EventStore, stream: string): Promise<readonly StoredEvent[]> => {
  const page = await store.readStream(stream, { limit: 10 });
  return page.exists ? page.events : [];
};

const dataOf = async (store: EventStore, stream: string) =>
  (await streamOf(store, stream)).map(({ type, data }) => ({ type, ...data }));

/** A pair of grants made at the same moment, who is told first in turns; and what must be in the log then. */
type Race = {
  readonly pair: (
    round: string,
  ) => readonly [Pick<GrantCoins, 'grant' | 'viewer'>, Pick<GrantCoins, 'grant' | 'viewer'>];
  readonly outcomes: readonly string[];
  readonly prove: (store: EventStore, round: string, outcomes: readonly Outcome[]) => Promise<void>;
};

const races: Readonly<Record<string, Race>> = {
  'two grants for one wallet': {
    pair: (round) => [
      { grant: `${round}-a`, viewer: round },
      { grant: `${round}-b`, viewer: round },
    ],
    outcomes: ['granted', 'granted'],
    prove: async (store, round) => {
      const wallet = await dataOf(store, streams.wallet(round));
      expect(wallet).toMatchObject([{ after: { balance: coins } }, { after: { balance: 2 * coins } }]);
      const grants = ['a', 'b'].map((letter) => `${round}-${letter}`);
      expect(wallet.map((granted) => 'grant' in granted && granted.grant).sort()).toEqual(grants);
      for (const grant of grants) {
        expect(await dataOf(store, streams.grant(grant))).toMatchObject([
          { type: 'GrantMade', viewer: round },
        ]);
      }
    },
  },
  'one grant for two wallets': {
    pair: (round) => [
      { grant: round, viewer: `${round}-a` },
      { grant: round, viewer: `${round}-b` },
    ],
    outcomes: ['granted', 'refused'],
    prove: async (store, round, [first]) => {
      const [owner, other] = first?.became === 'granted' ? ['a', 'b'] : ['b', 'a'];
      const viewer = `${round}-${owner}`;
      expect(await dataOf(store, streams.grant(round))).toMatchObject([{ type: 'GrantMade', viewer }]);
      const granted = [{ type: 'CoinsGranted', grant: round, after: { balance: coins } }];
      expect(await dataOf(store, streams.wallet(viewer))).toMatchObject(granted);
      expect(await streamOf(store, streams.wallet(`${round}-${other}`))).toEqual([]);
    },
  },
  'one grant, twice': {
    pair: (round) => [
      { grant: round, viewer: round },
      { grant: round, viewer: round },
    ],
    outcomes: ['granted', 'granted already'],
    prove: async (store, round) => {
      expect(await dataOf(store, streams.grant(round))).toHaveLength(1);
      expect(await dataOf(store, streams.wallet(round))).toMatchObject([{ after: { balance: coins } }]);
    },
  },
};

const run = async (url: string, party: string, name: string): Promise<void> => {
  const race = races[name]!;
  const store = await openEventStore(url);
  const granters = await parties[party]!(url);
  const session = v7();
  let raced = 0;
  for (let n = 0; n < rounds; n++) {
    const round = `${session}-${n}`;
    const atMs = Date.now() + noticeMs;
    const order = n % 2 === 0 ? granters : granters.toReversed();
    const pair = race.pair(round);
    const outcomes = await Promise.all(
      order.map((granter, k) => granter.grant({ ...pair[k]!, coins, by: 'race', now: Date.now() }, atMs)),
    );
    expect(outcomes.map(({ became }) => became).sort()).toEqual(race.outcomes);
    if (outcomes.some(({ conflicts }) => conflicts > 0)) raced += 1;
    await race.prove(store, round, outcomes);
  }
  for (const granter of granters) await granter.stop();
  await store.close();
  const by = url.startsWith('sqlite:') ? 'SQLite' : 'KurrentDB';
  printCounts(`${name}, ${party}, ${by}`, { rounds, 'lost races': raced, 'other outcomes': 0 });
  expect(raced).toBeGreaterThan(0);
};

const cases = Object.keys(parties).flatMap((party) =>
  Object.keys(races).map((race) => [race, party] as const),
);

it.each(cases)(
  '%s at the same moment, %s, SQLite: one outcome each',
  { timeout: 600_000 },
  async (race, party) => {
    await withFolder('disk', (folder) => run(`sqlite:${join(folder, 'grants.db')}`, party, race));
  },
);

if (kurrentUrl) {
  it.each(cases)(
    '%s at the same moment, %s, KurrentDB: one outcome each',
    { timeout: 600_000 },
    (race, party) => run(kurrentUrl!, party, race),
  );
} else console.log('grants at the same moment, KurrentDB: not run, KURRENTDB_URL is not set');
