import { benchCombos } from './combos.ts';
import { benchConnected } from './connected.ts';
import { benchDrops } from './drops.ts';
import { benchEventStore } from './event-store.ts';
import { benchFanout } from './fanout.ts';
import { benchGifts } from './gifts.ts';
import { benchGrowth } from './growth.ts';
import { benchIdleSockets } from './idle-sockets.ts';
import { benchKurrentdb } from './kurrentdb.ts';
import { benchProjections } from './projections.ts';
import { benchRebuild } from './rebuild.ts';
import { benchReceipts } from './receipts.ts';
import { benchSettling } from './settling.ts';
import { benchSoak } from './soak.ts';
import { benchStalled } from './stalled.ts';
import { benchTwoGateways } from './two-gateways.ts';
import { benchAll } from './whole.ts';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  gifts: benchGifts,
  receipts: benchReceipts,
  combos: benchCombos,
  'idle-sockets': benchIdleSockets,
  connected: benchConnected,
  growth: benchGrowth,
  'two-gateways': benchTwoGateways,
  soak: benchSoak,
  kurrentdb: benchKurrentdb,
  'event-store': benchEventStore,
  projections: benchProjections,
  rebuild: benchRebuild,
  drops: benchDrops,
  fanout: benchFanout,
  settling: benchSettling,
  stalled: benchStalled,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench) await bench(args);
else if (name === '' || name.startsWith('-')) await benchAll(process.argv.slice(2));
else {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join(' | ')} [--json]\n`);
  process.exitCode = 2;
}
