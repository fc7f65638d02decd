import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cuttable, startCuttable } from '../../../test/browser/cuttable.ts';
import { raiseStage, type Stage } from '../../../test/e2e/stage.ts';
import type { Carat } from './carat.ts';
import { connect } from './connect.ts';
import type { FeedPart } from './feed.ts';

const watchers = 20;
const rounds = 4;
/** Combos of four claims each while a gateway cannot be reached, and while all can be. */
const combosPerRound = 15;

let stage: Stage;
let ways: Cuttable[];
const opened: Carat[] = [];

beforeAll(async () => {
  stage = await raiseStage({ gateways: 2 });
  const ports = stage.system.gatewayUrls.map((url) => Number(new URL(url).port));
  ways = await Promise.all(ports.map(startCuttable));
});
afterAll(async () => {
  await Promise.all(opened.map((carat) => carat.close()));
  await Promise.all((ways ?? []).map((way) => way.close()));
  await stage?.stop();
});

const watch = async (live: string, n: number) => {
  const urls = ways.map(({ url }) => url);
  const token = () => stage.token('viewer', `watcher-${n}`);
  const carat = await connect({ url: n % 2 === 0 ? urls : urls.toReversed(), token });
  opened.push(carat);
  const parts: FeedPart[] = [];
  const watching = carat.watch(live, { onFeed: (part) => parts.push(part) });
  await watching.ready;
  let losses = 0;
  carat.on('disconnect', () => {
    losses += 1;
  });
  return { watching, parts, losses: () => losses };
};

it('whoever was cut off again and again sees each booking once, from whichever gateway', async () => {
  const { live, gift } = await stage.openLive();
  await stage.grant('vera', 1_000_000);
  const sender = await stage.join('viewer', 'vera');
  const all = await Promise.all(Array.from({ length: watchers }, (_, n) => watch(live, n)));
  const send = async (): Promise<void> => {
    for (let n = 0; n < combosPerRound; n++) {
      const combo = sender.newComboId();
      await Promise.all([1, 2, 3, 4].map((count) => sender.claim({ combo, live, gift, count })));
    }
  };
  for (let round = 0; round < rounds; round++) {
    const way = ways[round % ways.length]!;
    way.cut();
    await send();
    way.restore();
    await send();
  }
  const gifts = rounds * 2 * combosPerRound * 4;
  for (const { watching, parts, losses } of all) {
    const bookings = () => parts.flatMap((part) => part.bookings);
    const seen = () => bookings().reduce((sum, { booked }) => sum + booked, 0);
    await expect.poll(() => watching.numbers?.totals.gifts, { timeout: 20_000 }).toBe(gifts);
    await expect.poll(seen, { timeout: 20_000 }).toBe(gifts);
    const places = bookings().map(({ position }) => BigInt(position));
    expect(places.every((place, at) => at === 0 || place > places[at - 1]!)).toBe(true);
    expect(parts.some(({ gap }) => gap)).toBe(false);
    expect(losses()).toBeGreaterThan(0);
  }
});
