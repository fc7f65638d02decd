import { readEventOf, streams, walletEventTypes } from '@carat/domain';
import { openEventStore } from '@carat/event-store';
import { v7 } from 'uuid';

/**
 * A process of its own that books gifts of one coin as a gateway does for a viewer who never rests: the
 * next append is on its way as soon as the last one is answered. `busy-gateway.ts STORE VIEWER`; prints
 * `booking` once it has begun; ends when its input does, and prints how many coins it spent.
 */
const [url = '', viewer = ''] = process.argv.slice(2);
const stream = streams.wallet(viewer);
const store = await openEventStore(url);

const readHead = async () => {
  const page = await store.readStream(stream, { direction: 'backwards', limit: 1 });
  const newest = page.exists ? page.events[0]! : undefined;
  if (newest === undefined) throw new Error('the wallet has nothing to spend');
  return { revision: newest.revision, balance: readEventOf(walletEventTypes, newest).data.after.balance };
};

const giftOf = (balance: number) => {
  const terms = { viewer, live: 'l1', creator: 'carla', gift: 'rose', unitCoins: 1, rate: 1_000 };
  const booking = { booked: 1, count: 1, coins: 1, millidiamonds: 1_000, at: Date.now(), after: { balance } };
  return { id: v7(), type: 'GiftSent', data: { combo: v7(), ...terms, ...booking } };
};

let isOver = false;
process.stdin.resume().once('end', () => {
  isOver = true;
});

let spent = 0;
let head = await readHead();
while (!isOver) {
  const { revision, balance } = head;
  const result = await store.append([{ stream, expected: revision, events: [giftOf(balance - 1)] }]);
  if (result.appended) {
    spent += 1;
    head = { revision: revision + 1, balance: balance - 1 };
    if (spent === 1) process.stdout.write('booking\n');
  } else head = await readHead();
}
await store.close();
process.stdout.write(`${spent}\n`);
