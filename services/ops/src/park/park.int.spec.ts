import { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '@carat/event-store';
import { plainUnits, type Unit } from '@carat/read-models';
import { createLogger, createMetrics } from '@carat/service-kit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalRedis, startRedis } from '../../../../infra/local/redis.ts';
import { createProjectorMetrics } from '../../../projector/src/metrics.ts';
import { type Projector, startProjector } from '../../../projector/src/projector.ts';
import { type Log, nthGift, openLog } from '../../../projector/src/testing/log.ts';
import { runCarat } from '../testing/run-carat.ts';

let server: LocalRedis;
let log: Log;
let projector: Projector | undefined;

const carat = (...args: string[]) => runCarat(args, { CARAT_EVENT_STORE: log.url, REDIS_URL: server.url });
const listed = async () => JSON.parse((await carat('park', 'list', '--json')).stdout).stopped;

/** What verify says of the numbers, of which the laws of wallets mean nothing: this log is made up. */
const verify = async () => {
  const { skipped, units, differences } = JSON.parse((await carat('verify', '--json')).stdout);
  return {
    skipped,
    positions: [units.creators.position, units.boards.position],
    differing: differences.filter((line: string) => /^(creators|boards)/.test(line)),
  };
};

const start = async (opened?: EventStore): Promise<void> => {
  projector = await startProjector({
    store: opened ?? (await log.open()),
    redisUrl: server.url,
    log: createLogger({ service: 'projector', level: 'silent' }),
    metrics: createProjectorMetrics(createMetrics('projector')),
  });
};
const end = async (): Promise<void> => {
  for (const [, step] of projector?.close ?? []) await step();
  projector = undefined;
};

/** Some gifts, one that no unit can take, and one more. @returns the id of that one */
const stopAll = async (): Promise<string> => {
  await log.sendGifts(4);
  await start();
  const isWhole = (unit: Unit) => projector!.watchdog.seen(unit)?.checkpoint?.complete === true;
  await expect.poll(() => plainUnits.every(isWhole), { timeout: 15_000 }).toBe(true);
  const poison = await log.sendGift(nthGift(4), { millidiamonds: -1 });
  await log.sendGift(nthGift(5));
  await untilStopped(poison);
  return poison;
};
const untilStopped = (event: string) =>
  expect
    .poll(
      async () => [await projector!.units.poisonOf('creators'), await projector!.units.poisonOf('boards')],
      {
        timeout: 15_000,
      },
    )
    .toMatchObject([{ event }, { event }]);

beforeEach(async () => {
  server = await startRedis();
  log = await openLog();
});
afterEach(async () => {
  await end();
  await log.close();
  await server.stop();
});

it('lists nothing where nothing is stopped', async () => {
  expect(await carat('park', 'list')).toEqual({ code: 0, stdout: 'No unit is stopped.\n', stderr: '' });
  expect(await carat('park', 'retry')).toEqual({ code: 0, stdout: 'No unit is stopped.\n', stderr: '' });
  const skipped = await carat('park', 'skip', '--yes');
  expect(skipped.code).toBe(2);
  expect(skipped.stderr).toMatch(/^No unit is stopped: /);
});

it('lists what units are stopped at, retries, and leaves it out, which verify reports apart', async () => {
  const event = await stopAll();
  const stopped = { event, position: '6', type: 'GiftSent', stream: 'wallet-viewer-5' };
  expect(await listed()).toMatchObject([
    { unit: 'creators', ...stopped },
    { unit: 'boards', ...stopped },
  ]);
  const { code, stdout } = await carat('park', 'list', '--unit', 'boards');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^boards is stopped since \S+Z\n/);
  expect(stdout).toContain(`  what      GiftSent of wallet-viewer-5\n`);

  expect(await verify()).toEqual({ skipped: [], positions: ['5', '5'], differing: [] });

  const retried = await carat('park', 'retry');
  expect(retried).toMatchObject({ code: 1, stderr: '' });
  expect(retried.stdout).toContain(`creators is stopped at event ${event} again:\n`);
  expect(retried.stdout).toContain(`boards is stopped at event ${event} again:\n`);

  const asked = await carat('park', 'skip');
  expect(asked.code).toBe(2);
  expect(asked.stderr).toMatch(/say --yes/);
  const skip = ['park', 'skip', '--yes', '--by', 'olga', '--reason', 'a broken import'];
  const skipped = await carat(...skip, '--json', '--unit', 'creators');
  expect(skipped).toMatchObject({ code: 0, stderr: '' });
  const data = { event, by: 'olga', reason: 'a broken import' };
  expect(JSON.parse(skipped.stdout)).toEqual({
    appended: [{ type: 'EventSkipped', unit: 'creators', ...data }],
    units: [{ unit: 'creators', came: 'went_on', stoppedAt: event }],
  });
  expect(await listed()).toMatchObject([{ unit: 'boards', event }]);
  const rest = await carat(...skip);
  expect(rest.stdout).toBe(`Event ${event} is left out of boards.\nboards goes on after event ${event}.\n`);
  expect(await listed()).toEqual([]);

  expect(await verify()).toEqual({
    skipped: [
      { unit: 'creators', event },
      { unit: 'boards', event },
    ],
    positions: ['9', '9'],
    differing: [],
  });
}, 60_000);

it('goes on at once where a retry finds what was wrong put right', async () => {
  await log.sendGifts(5);
  // One that is altered already when the log is opened is refused there.
  const store = await log.open();
  const { events } = await store.readAll({ limit: 10 });
  const { position } = events[3]!;
  const event = `lost-at-${position}`;
  const database = new DatabaseSync(log.url.slice('sqlite:'.length), { timeout: 5_000 });
  const alter = (from: string, to: string) =>
    database.exec(`UPDATE events SET data = replace(data, '${from}', '${to}') WHERE position = ${position}`);
  alter('"rate":1000', '"rate":1001');
  await start(store);
  await untilStopped(event);
  expect(await listed()).toMatchObject([
    { unit: 'creators', type: null, fault: expect.stringMatching(`at position ${position}, GiftSent `) },
    { unit: 'boards', type: null },
  ]);
  alter('"rate":1001', '"rate":1000');
  database.close();
  const retried = await carat('park', 'retry', '--json');
  expect(retried).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(retried.stdout).retried).toEqual([
    { unit: 'creators', stoppedAt: event, came: 'went_on' },
    { unit: 'boards', stoppedAt: event, came: 'went_on' },
  ]);
}, 60_000);

it('leaves out what a unit has taken already, and takes that back, for the next rebuild', async () => {
  const poison = await stopAll();
  const taken = (await log.sendGift(nthGift(0))) as string;
  const skip = ['park', 'skip', '--yes', '--unit', 'boards', '--event', taken];
  expect((await carat(...skip)).stderr).toMatch(/say why not, with --reason/);
  expect((await carat(...skip.slice(0, 4), 'nobody')).stderr).toMatch(/^There is no unit nobody/);
  const unknown = await carat(...skip.slice(0, -1), 'none', '--reason', 'no gift');
  expect(unknown).toMatchObject({ code: 2, stderr: 'There is no event none in the log.\n' });
  const other = await carat('park', 'retry', '--unit', 'boards', '--event', taken);
  expect(other.stderr).toMatch(new RegExp(`^The unit boards is not stopped at event ${taken}: `));

  const first = await carat(...skip, '--reason', 'no gift');
  expect(first.stdout).toMatch(new RegExp(`^Event ${taken} is left out of boards.\n.*carat rebuild.`, 's'));
  const again = await carat(...skip, '--reason', 'no gift', '--json');
  expect(JSON.parse(again.stdout)).toEqual({ appended: [], units: [] });

  const unskip = ['park', 'unskip', '--yes', '--by', 'olga', '--event'];
  const back = await carat(...unskip, taken, '--json');
  expect(JSON.parse(back.stdout).appended).toEqual([
    { type: 'EventUnskipped', event: taken, unit: 'boards', by: 'olga' },
  ]);
  const never = await carat(...unskip, poison);
  expect(never).toMatchObject({ code: 2, stderr: `Event ${poison} is not left out of any unit.\n` });

  await carat('park', 'skip', '--yes', '--unit', 'creators', '--event', taken, '--reason', 'no gift');
  const closed = { day: '2026-11-22', previous: null, holdDays: 7, at: Date.now() };
  await log.append('settlement', 'DayClosed', closed);
  const late = await carat(...unskip, taken);
  expect(late.code).toBe(2);
  expect(late.stderr).toMatch(/stays left out of creators: 2026-11-22 is closed without it/);
}, 60_000);

it('says so in one sentence where no projector, no log or no Redis answers', async () => {
  const event = await stopAll();
  await end();
  const retried = await carat('park', 'retry', '--unit', 'creators', '--event', event);
  expect(retried.code).toBe(2);
  expect(retried.stdout).toMatch(/^creators has not moved within \d+ s: is a projector at work\?\n$/);
  await server.stop();
  const away = await carat('park', 'list');
  expect(away).toMatchObject({ code: 2, stdout: '' });
  expect(away.stderr).toMatch(/^Redis can't be reached \(REDIS_URL\): .*\n$/);
}, 60_000);
