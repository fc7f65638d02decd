import { Carat } from './carat.ts';
import type { Addresses, Token } from './connection.ts';
import { CaratError, CaratRefusal } from './errors.ts';
import { defaultLimits, type Limits } from './limits.ts';

export type ConnectOptions = {
  /**
   * The gateway's address, or several: after an attempt that failed the next one is tried. A function, such
   * as `findGateway(apiUrl)`, is asked at each attempt to connect.
   */
  url: Addresses;
  /** A JWT, or what gets one: it is asked at each attempt to connect, and ahead of the token's expiry. */
  token: Token;
  /** Bounds that differ from `defaultLimits`. */
  limits?: Partial<Limits>;
};

/**
 * Connects to a gateway and resolves when it has welcomed this client; from then on the connection comes back
 * by itself whenever it is lost. Rejects with `CaratError` (`connect_failed`): with a `CaratRefusal` as its
 * cause at once where the gateway says a final no, with the last error after `connectTimeoutMs` otherwise.
 */
export const connect = ({ url, token, limits }: ConnectOptions): Promise<Carat> => {
  const allLimits: Limits = { ...defaultLimits, ...limits };
  return new Promise((resolve, reject) => {
    let last: Error | undefined;
    const carat = new Carat(url, token, allLimits);
    const done = (): void => {
      clearTimeout(timer);
      forget();
      unlisten();
    };
    const fail = (cause: Error | undefined): void => {
      done();
      void carat.close();
      reject(new CaratError('connect_failed', cause));
    };
    const timer = setTimeout(() => fail(last), allLimits.connectTimeoutMs);
    const forget = carat.on('connect_failed', ({ error, refusal }) => {
      last = refusal ? new CaratRefusal(refusal) : error;
      if (refusal && !refusal.retry) fail(last);
    });
    const unlisten = carat.on('connect', () => {
      done();
      resolve(carat);
    });
  });
};
