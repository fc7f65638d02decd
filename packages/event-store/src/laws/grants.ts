import { expect } from 'vitest';
import type { AppendResult, EventStore, Expected, NewEvent, StreamWrite } from '../port.ts';
import {
  append,
  appended,
  conflict,
  type Laws,
  newEvent,
  type Proof,
  readWholeLog,
  readWholeStream,
  write,
} from './fixtures.ts';

/** Who decides at the same moment. */
type Deciders = readonly [EventStore, EventStore];

const rounds = 12;

const grantTo = (wallet: string, expected: Expected, grant: string): StreamWrite[] => [
  write(wallet, expected, [newEvent({ grant }, 'CoinsGranted')]),
  write(grant, 'no_stream', [newEvent({ wallet }, 'GrantMade')]),
];

/** Both at the same moment, who is asked first in turns. */
const atOnce = async (
  [one, two]: Deciders,
  round: number,
  writes: readonly [StreamWrite[], StreamWrite[]],
): Promise<[AppendResult, AppendResult]> => {
  const ask = [() => one.append(writes[0]), () => two.append(writes[1])] as const;
  if (round % 2 === 0) return Promise.all([ask[0](), ask[1]()]);
  const [second, first] = await Promise.all([ask[1](), ask[0]()]);
  return [first, second];
};

const typesOf = async (store: EventStore, stream: string): Promise<string[]> =>
  (await readWholeStream(store, stream)).map(({ type }) => type);

const dataOf = async (store: EventStore, stream: string): Promise<unknown[]> =>
  (await readWholeStream(store, stream)).map(({ data }) => data);

const twoGrants = async (deciders: Deciders): Promise<void> => {
  const [store] = deciders;
  await append(store, 'wallet-1', 'no_stream', [newEvent({ grant: 'first' })]);
  for (let round = 0; round < rounds; round += 1) {
    const last = round * 2;
    const grants = [`grant-${round}-a`, `grant-${round}-b`] as const;
    const writes = grants.map((grant) => grantTo('wallet-1', last, grant)) as [StreamWrite[], StreamWrite[]];
    const results = await atOnce(deciders, round, writes);
    const won = results.findIndex((result) => result.appended);
    const lost = 1 - won;
    expect(results[won]).toEqual(appended(last + 1, 0));
    expect(results[lost]).toEqual(conflict(['wallet-1', last, last + 1]));
    expect(await store.readStream(grants[lost] ?? '', { limit: 1 })).toEqual({ exists: false });
    // Who lost reads the wallet again and decides anew.
    const anew = grantTo('wallet-1', last + 1, grants[lost] ?? '');
    expect(await deciders[lost]?.append(anew)).toEqual(appended(last + 2, 0));
    expect((await dataOf(store, 'wallet-1')).slice(last + 1)).toEqual([
      { grant: grants[won] },
      { grant: grants[lost] },
    ]);
    for (const grant of grants) expect(await typesOf(store, grant)).toEqual(['GrantMade']);
  }
};

const oneGrantForTwoWallets = async (deciders: Deciders): Promise<void> => {
  const [store] = deciders;
  for (let round = 0; round < rounds; round += 1) {
    const wallets = [`wallet-${round}-a`, `wallet-${round}-b`] as const;
    const grant = `grant-${round}`;
    const writes = wallets.map((each) => grantTo(each, 'no_stream', grant)) as [StreamWrite[], StreamWrite[]];
    const results = await atOnce(deciders, round, writes);
    const won = results.findIndex((result) => result.appended);
    const lost = 1 - won;
    expect(results[won]).toEqual(appended(0, 0));
    expect(results[lost]).toEqual(conflict([grant, 'no_stream', 0]));
    expect(await dataOf(store, grant)).toEqual([{ wallet: wallets[won] }]);
    expect(await typesOf(store, wallets[won] ?? '')).toEqual(['CoinsGranted']);
    expect(await store.readStream(wallets[lost] ?? '', { limit: 1 })).toEqual({ exists: false });
    expect(await deciders[lost]?.append(writes[lost] ?? [])).toEqual(conflict([grant, 'no_stream', 0]));
    expect(await deciders[lost]?.append(writes[won] ?? [])).toEqual(appended(0, 0));
  }
  expect(await readWholeLog(store)).toHaveLength(rounds * 2);
};

const sameGrantTwice = async (deciders: Deciders): Promise<void> => {
  const [store] = deciders;
  for (let round = 0; round < rounds; round += 1) {
    const [wallet, grant] = [`wallet-${round}`, `grant-${round}`];
    const decided = [0, 1].map(() => grantTo(wallet, 'no_stream', grant)) as [StreamWrite[], StreamWrite[]];
    const results = await atOnce(deciders, round, decided);
    const won = results.findIndex((result) => result.appended);
    expect(results[won]).toEqual(appended(0, 0));
    expect(results[1 - won]).toEqual(conflict([wallet, 'no_stream', 0], [grant, 'no_stream', 0]));
    const ids = (decided[won] ?? []).flatMap(({ events }) => events.map(({ id }: NewEvent) => id));
    expect((await readWholeLog(store)).slice(round * 2).map(({ id }) => id)).toEqual(ids);
  }
};

const resentAtOnce = async (deciders: Deciders): Promise<void> => {
  const [store] = deciders;
  for (let round = 0; round < rounds; round += 1) {
    const writes = grantTo('wallet-1', round === 0 ? 'no_stream' : round - 1, `grant-${round}`);
    expect(await atOnce(deciders, round, [writes, writes])).toEqual([appended(round, 0), appended(round, 0)]);
  }
  expect(await readWholeLog(store)).toHaveLength(rounds * 2);
};

/** @param several whether who decides has a connection of its own, as processes have */
export const grantLaws = (several: boolean): Laws => {
  const whose = several ? 'of two connections' : 'of one connection';
  const by =
    (proof: (deciders: Deciders) => Promise<void>): Proof =>
    async ({ store, open }) =>
      proof([store, several ? await open() : store]);
  return {
    [`two grants ${whose} for one wallet at once: one goes through, the other decides anew`]: by(twoGrants),
    [`the same grant ${whose} for two wallets at once: one wallet gets it`]: by(oneGrantForTwoWallets),
    [`the same grant ${whose}, decided twice for one wallet at once: it counts once`]: by(sameGrantTwice),
    [`L4: the same append ${whose} at once: both are answered, it is written once`]: by(resentAtOnce),
  };
};
