import type { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';

/**
 * Small, since what zlib holds back of a block when it finds a fault is lost: so the fault's line is known
 * closely.
 */
const stepBytes = 1_024;

/** The bytes within a gzip file; all that can be unpacked comes before the error of what cannot. */
export async function* unpack(packed: Readable): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: stepBytes });
  let ready: Buffer[] = [];
  const take = (): Buffer[] => {
    const taken = ready;
    ready = [];
    return taken;
  };
  // Told to whoever waits for the step that failed.
  gunzip.on('error', () => undefined);
  gunzip.on('data', (chunk: Buffer) => ready.push(chunk));
  for await (const chunk of packed) {
    const fault = await write(gunzip, chunk as Buffer);
    yield* take();
    if (fault) throw fault;
  }
  const fault = await end(gunzip);
  yield* take();
  if (fault) throw fault;
}

const write = (gunzip: Gunzip, chunk: Buffer): Promise<Error | undefined> =>
  settle(gunzip, (done) => gunzip.write(chunk, done));

const end = (gunzip: Gunzip): Promise<Error | undefined> =>
  gunzip.readableEnded ? Promise.resolve(undefined) : settle(gunzip, (done) => gunzip.on('end', done).end());

/** Resolves when it is done, with the error where there is one. */
const settle = (
  gunzip: Gunzip,
  act: (done: (error?: Error | null) => void) => void,
): Promise<Error | undefined> =>
  new Promise((resolve) => {
    const failed = (error: Error): void => resolve(error);
    gunzip.once('error', failed);
    act((error) => {
      gunzip.off('error', failed);
      resolve(error ?? undefined);
    });
  });
