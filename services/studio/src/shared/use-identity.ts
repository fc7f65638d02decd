import { useCallback, useEffect, useState } from 'react';
import { type Identity, isRenewal, keepToken, readToken, takeToken } from './token.ts';

/** Where the tabs of one browser tell each other their tokens. */
const channelName = 'carat.tokens';

const takeOwn = (): Identity | undefined =>
  takeToken(location, sessionStorage, (address) => history.replaceState(null, '', address));

/**
 * Who this tab is signed in as, and what signs somebody in: a link that is opened in the tab does, and where
 * a tab beside it gets a newer token of the same person, this one takes that too.
 */
export const useIdentity = (): [Identity | undefined, (next: Identity) => void] => {
  const [identity, setIdentity] = useState(takeOwn);
  const signIn = useCallback((next: Identity): void => {
    keepToken(sessionStorage, next.token);
    setIdentity(next);
  }, []);
  useEffect(() => {
    const changed = (): void => {
      if (location.hash.includes('token=')) setIdentity(takeOwn());
    };
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  useEffect(() => {
    if (identity === undefined) return;
    const channel = new BroadcastChannel(channelName);
    channel.onmessage = ({ data }) => {
      const next = readToken(String(data));
      if (next && isRenewal(next, identity)) signIn(next);
    };
    channel.postMessage(identity.token);
    return () => channel.close();
  }, [identity, signIn]);
  return [identity, signIn];
};
