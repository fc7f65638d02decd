import { createSealing, type EventStore, type Position, readSeal } from '@carat/event-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { openLogs } from '../verify/testing/forged-log.ts';
import { noon, writeLog } from '../verify/testing/written-log.ts';
import { findRange } from './range.ts';

let logs: Awaited<ReturnType<typeof openLogs>>;
let store: EventStore;
/** Ten seals, a quarter of an hour apart, two of them at the same time. */
let seals: { readonly position: Position; readonly at: number }[];

const quarter = 15 * 60_000;

beforeAll(async () => {
  logs = await openLogs();
  ({ store } = await logs.open());
  const log = writeLog();
  let clock = noon;
  const sealing = createSealing({ store, now: () => clock });
  for (let n = 0; n < 10; n++) {
    await logs.write(store, [log.list(`gift-${n}`, 5)]);
    clock = noon + (n === 5 ? 4 : n) * quarter;
    while (!(await sealing.gather(1_000)));
    await sealing.seal();
  }
  const page = await store.readStream('seals', { limit: 100 });
  seals = (page.exists ? page.events : []).map((event) => {
    const seal = readSeal(event);
    if ('fault' in seal) throw new Error(seal.fault);
    return { position: event.position, at: seal.at };
  });
});
afterAll(() => logs.close());

describe('the way through the log', () => {
  it('goes between the seals an hour around two instants, and no further', async () => {
    expect(seals).toHaveLength(10);
    for (let quarters = -2; quarters < 12; quarters++) {
      for (const shift of [-1, 0, 1]) {
        const at = noon + quarters * quarter + shift;
        const range = await findRange(
          store,
          { instant: at + limits.clockSlackMs },
          { instant: at - limits.clockSlackMs },
        );
        expect(range).toEqual({
          after: seals.findLast((seal) => seal.at < at)?.position,
          upTo: seals.find((seal) => seal.at >= at)?.position,
          from: at + limits.clockSlackMs,
          before: at - limits.clockSlackMs,
        });
      }
    }
  });

  it('takes positions as they are', async () => {
    const position = '7' as Position;
    expect(await findRange(store, { position }, { position })).toEqual({
      after: '7',
      upTo: '7',
      from: Number.NEGATIVE_INFINITY,
      before: Number.POSITIVE_INFINITY,
    });
  });

  it('goes through all of a log without seals', async () => {
    const { store: bare } = await logs.open();
    const range = await findRange(bare, { instant: noon }, { instant: noon });
    expect(range).toMatchObject({ after: undefined, upTo: undefined });
  });
});
