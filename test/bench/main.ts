import { benchDrops } from './drops.ts';
import { benchEventStore } from './event-store.ts';
import { benchFanout } from './fanout.ts';
import { benchGifts } from './gifts.ts';
import { benchProjections } from './projections.ts';
import { benchRebuild } from './rebuild.ts';
import { benchStalled } from './stalled.ts';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  gifts: benchGifts,
  'event-store': benchEventStore,
  projections: benchProjections,
  rebuild: benchRebuild,
  drops: benchDrops,
  fanout: benchFanout,
  stalled: benchStalled,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench) await bench(args);
else {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join(' | ')} [--json]\n`);
  process.exitCode = 2;
}
