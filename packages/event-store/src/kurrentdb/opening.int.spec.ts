import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { append, expectError, newEvents, readWholeLog } from '../laws/fixtures.ts';
import { openEventStore } from '../open.ts';
import { openKurrentStore } from './store.ts';
import { type Double, type DoubleOptions, startDouble } from './testing/double/double.ts';

const quick = { openMs: 600, readMs: 300, sendMs: 300, minClientAgeMs: 0, maxClientAgeMs: 0 };

let double: Double;
const start = async (options: DoubleOptions = {}) => {
  double = await startDouble(options);
};
afterEach(() => double.stop());

const open = () => openKurrentStore(double.url, { limits: quick });

it('opens by address, and closes so that the process can end', async () => {
  await start();
  const store = await openEventStore(double.url);
  await append(store, 'a-1', 'no_stream', newEvents(1));
  await store.close();
  const modules = new URL('..', import.meta.url).href;
  const script = `
    const { openEventStore } = await import('${modules}open.ts');
    const store = await openEventStore(process.argv[1]);
    store.onMore(() => {});
    await store.head();
    await store.close();
    process.on('exit', () => console.log('ended'));`;
  const options = { timeout: 20_000 };
  const args = ['--input-type=module', '-e', script, double.url];
  expect(await promisify(execFile)(process.execPath, args, options)).toEqual({
    stdout: 'ended\n',
    stderr: '',
  });
});

it('names a server that is too old, and its version', async () => {
  await start({ version: '25.1.0', appendRecords: false });
  const failure = open();
  await expectError(failure, 'not_a_log');
  await expect(failure).rejects.toThrow(
    `KurrentDB 25.1.0 at 127.0.0.1:${double.port} lacks appendRecords, which came with 26.0`,
  );
});

it('refuses credentials that the server refuses', async () => {
  await start();
  double.faults.reads.always({ failure: 'access_denied' });
  await expectError(open(), 'invalid_input');
  double.faults.clear();
  double.faults.features.always({ failure: 'unauthenticated' });
  await expectError(open(), 'invalid_input');
});

it('waits for a server that is not there yet, but not for ever', async () => {
  await start();
  await double.stop();
  const failure = open();
  await expectError(failure, 'unavailable');
  await expect(failure).rejects.toThrow(
    `No KurrentDB answers at 127.0.0.1:${double.port}: is it running, and does the address say tls=false`,
  );
  const opening = openKurrentStore(double.url, { limits: { ...quick, openMs: 20_000 } });
  await double.restart();
  const store = await opening;
  expect(await store.head()).toBeUndefined();
  await store.close();
});

it.each(['reads', 'features'] as const)('gives up on a server that is silent to %s', async (calls) => {
  await start();
  double.faults[calls].always({ failure: 'silence' });
  await expectError(open(), 'unavailable');
});

it('gives up on a server that takes connections and says nothing', async () => {
  await start();
  double.faults.connections = 'silent';
  await expectError(open(), 'unavailable');
  await expect(openEventStore(double.url, { maxWaitMs: 300 })).rejects.toMatchObject({
    code: 'unavailable',
    cause: { message: 'no answer came within 300 ms' },
  });
});

it('refuses an address that the client can’t take, without its password', async () => {
  await start();
  const failure = openKurrentStore(`kurrentdb://me:secret@127.0.0.1:${double.port}?tlsCAFile=/is/not/there`);
  await expectError(failure, 'invalid_input');
  await expect(failure).rejects.toThrow('File was not found');
  await expect(failure).rejects.not.toThrow('secret');
});

it('does not mind a server whose clock is wrong', async () => {
  await start();
  double.faults.clockSkewMs = 3_600_000;
  const store = await open();
  await append(store, 'a-1', 'no_stream', newEvents(2));
  expect(await readWholeLog(store)).toHaveLength(2);
  await store.close();
});
