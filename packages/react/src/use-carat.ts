import { Carat, CaratRefusal, type ConnectOptions, defaultLimits } from '@carat/client';
import { useEffect, useRef, useState } from 'react';

export type Connected = {
  /** Undefined until it was welcomed once. */
  readonly carat?: Carat;
  /** `lost`: it comes back by itself. `refused`: it goes on trying, but likely needs another token. */
  readonly status: 'connecting' | 'connected' | 'lost' | 'refused';
  /** Why the last attempt to connect, or to tell a new token, failed. */
  readonly error?: Error | undefined;
};

const connecting: Connected = { status: 'connecting' };

/**
 * Connects with the options of the first render, tries for ever, and closes when the component goes. Where a
 * later render has another text as its token, that is told, on the open connection if there is one.
 */
export const useCarat = ({ token, ...options }: ConnectOptions): Connected => {
  const [{ url, limits }] = useState(options);
  const [connected, set] = useState(connecting);
  const held = useRef<{ carat?: Carat; token: typeof token }>({ token }).current;
  useEffect(() => {
    let gone = false;
    const tell: typeof set = (now) => gone || set(now);
    const carat = new Carat(url, held.token, { ...defaultLimits, ...limits });
    held.carat = carat;
    carat.on('connect', () => tell({ carat, status: 'connected' }));
    carat.on('disconnect', () => tell({ carat, status: 'lost' }));
    carat.on('connect_failed', ({ error: cause, refusal }) => {
      const error = refusal ? new CaratRefusal(refusal) : cause;
      const isFinal = refusal !== undefined && !refusal.retry;
      tell((old) => ({ ...old, status: isFinal ? 'refused' : old.carat ? 'lost' : 'connecting', error }));
    });
    return () => {
      gone = true;
      void carat.close();
      set(connecting);
    };
  }, [url, limits, held]);
  useEffect(() => {
    if (token === held.token) return;
    held.token = token;
    const tell = (error?: Error): void => set((old) => ({ ...old, error }));
    if (typeof token === 'string') held.carat?.renew(token).then(() => tell(), tell);
  }, [token, held]);
  return connected;
};
