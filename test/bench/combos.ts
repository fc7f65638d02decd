import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  countCombos,
  evolveLive,
  evolveWallet,
  type Gift,
  initialLive,
  initialWallet,
  type Live,
  type SendGift,
  sendGift,
  startLive,
  type Wallet,
} from '@carat/domain';
import { defaultCatalogue } from '@carat/simulator';
import { v7 } from 'uuid';
import { judge, printOutcome } from './budgets.ts';
import { coinsPerViewer, planClaims } from './crowd.ts';
import { machine, shown } from './rounds.ts';

const viewers = 20_000;
const lives = 50;
const budgetBytes = 150;
/** Of the claims of a live about as many begin a combo. */
const claimsPerCombo = 1.17;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const heapBytes = (): number => {
  for (let n = 0; n < 3; n++) collectGarbage();
  return process.memoryUsage().heapUsed;
};

const beginLive = (live: string, now: number): Live => {
  const command = { live, creator: `creator-of-${live}`, title: null, by: 'bench', now };
  const decision = startLive(command, initialLive);
  return decision.refused ? initialLive : decision.events.reduce(evolveLive, initialLive as Live);
};

/** Decides claims as a gateway does, on wallets that it keeps. @returns the wallets after them */
const bookAll = (claims: number, now: number): Map<string, Wallet> => {
  const gifts = new Map<string, Gift>(
    defaultCatalogue.map(({ id, ...gift }) => [id, { ...gift, gift: id, retired: false }]),
  );
  const running = new Map(
    Array.from({ length: lives }, (_, n) => [`live-${n}`, beginLive(`live-${n}`, now)]),
  );
  const wallets = new Map<string, Wallet>();
  const ids = new Map<number, string>();
  for (const { viewer, live, gift, combo, count } of planClaims(
    [...running.keys()],
    viewers,
    claims,
    1,
  )[0]!) {
    const wallet = wallets.get(viewer) ?? { ...initialWallet, balance: coinsPerViewer };
    const id = ids.get(combo) ?? v7({ msecs: now });
    ids.set(combo, id);
    const claim: SendGift = {
      ...{ viewer, combo: id, count, liveId: live, giftId: gift, rate: 1_000, now },
      ...{ live: running.get(live)!, gift: gifts.get(gift) },
    };
    const decision = sendGift(claim, wallet);
    wallets.set(viewer, decision.refused ? wallet : decision.events.reduce(evolveWallet, wallet));
  }
  return wallets;
};

/** `npm run bench -- combos`: what a gateway's memory holds for each combo that it remembers. */
export const benchCombos = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, combos: { type: 'string', default: '1000000' } },
  });
  const now = Date.now();
  const before = heapBytes();
  const wallets = bookAll(Math.round(Number(values.combos) * claimsPerCombo), now);
  const bytes = heapBytes() - before;
  let combos = 0;
  for (const wallet of wallets.values()) combos += countCombos(wallet.combos);
  const row = `memory of a remembered combo, ${shown(combos)} of ${shown(wallets.size)} wallets`;
  const found = judge({ row, ours: bytes / combos, unit: 'bytes', budget: { most: budgetBytes } });
  const result = {
    bench: 'combos',
    budgets: [found],
    combos,
    wallets: wallets.size,
    bytes,
    machine: machine(),
  };
  printOutcome(result, values.json);
};
