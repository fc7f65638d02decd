import { useEffect, useState } from 'react';
import { formatTimeExact } from './format.ts';
import { limits } from './limits.ts';
import type { Identity } from './token.ts';
import { TokenForm } from './token-form.tsx';

type Standing = 'good' | 'ending' | 'over';

const standingOf = (expiresAt = Number.POSITIVE_INFINITY): Standing => {
  const left = expiresAt - Date.now();
  return left > limits.signInEndsSoonMs ? 'good' : left > 0 ? 'ending' : 'over';
};

const useStanding = ({ expiresAt }: Identity): Standing => {
  const [standing, setStanding] = useState<Standing>('good');
  useEffect(() => {
    const look = (): void => setStanding(standingOf(expiresAt));
    look();
    const timer = setInterval(look, limits.lookAtSignInMs);
    return () => clearInterval(timer);
  }, [expiresAt]);
  return standing;
};

/** Says in time that a sign-in runs out, and takes another token for the page as it stands. */
export const SignInEnd = ({
  identity,
  onSignIn,
}: {
  readonly identity: Identity;
  readonly onSignIn: (identity: Identity) => void;
}) => {
  const standing = useStanding(identity);
  if (standing === 'good') return null;
  const when = formatTimeExact(identity.expiresAt!);
  return (
    <aside className="sign-in-end" aria-label="Sign-in">
      <p role="alert">
        <strong>
          Your sign-in {standing === 'over' ? 'ran out' : 'runs out'} at {when}.
        </strong>{' '}
        Open a new link in any tab, or paste a token here: this page then goes on as it is.
      </p>
      <TokenForm onSignIn={onSignIn} />
    </aside>
  );
};
