import { benchEventStore } from './event-store.ts';
import { benchGifts } from './gifts.ts';
import { benchProjections } from './projections.ts';
import { benchRebuild } from './rebuild.ts';

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  gifts: benchGifts,
  'event-store': benchEventStore,
  projections: benchProjections,
  rebuild: benchRebuild,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = benches[name];
if (bench) await bench(args);
else {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join(' | ')} [--json]\n`);
  process.exitCode = 2;
}
