import type { Writable } from 'node:stream';

/** Text on its way to whoever reads it, no faster than it is read. */
export type Output = {
  /** Resolves once the text is handed on; false where the reader has gone, who has seen enough. */
  write(text: string): Promise<boolean>;
};

const goneCodes: readonly (string | undefined)[] = ['EPIPE', 'ERR_STREAM_DESTROYED'];

/** Somebody else is expected to listen to the errors of the stream. */
export const outputTo = (stream: Writable): Output => ({
  write: (text) =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => {
        if (!error) resolve(true);
        else if (goneCodes.includes((error as NodeJS.ErrnoException).code)) resolve(false);
        else reject(error);
      });
    }),
});
