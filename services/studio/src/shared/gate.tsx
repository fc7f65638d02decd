import { Fragment, type ReactNode, useMemo } from 'react';
import { formatDateTime } from './format.ts';
import { Frame } from './frame.tsx';
import { SignInEnd } from './sign-in-end.tsx';
import { hasExpired, type Identity } from './token.ts';
import { TokenForm } from './token-form.tsx';
import { useIdentity } from './use-identity.ts';

type Role = 'viewer' | 'creator' | 'operator' | 'service';

/**
 * Shows a page to whom it is for, and says to others what it takes. A sign-in that runs out while the page is
 * open does not close it.
 */
export const Gate = ({
  page,
  roles,
  children,
}: {
  readonly page: string;
  readonly roles: readonly Role[];
  readonly children: (identity: Identity) => ReactNode;
}) => {
  const [identity, signIn] = useIdentity();
  const hinder = useMemo(() => whyNot(identity, roles), [identity, roles]);
  if (identity && hinder === undefined) {
    return (
      <Fragment key={identity.sub}>
        <SignInEnd identity={identity} onSignIn={signIn} />
        {children(identity)}
      </Fragment>
    );
  }
  return (
    <Frame title={page}>
      <div className="narrow card">
        <h2>Sign in</h2>
        <p>{hinder}</p>
        <TokenForm onSignIn={signIn} />
      </div>
    </Frame>
  );
};

const whyNot = (identity: Identity | undefined, roles: readonly Role[]): string | undefined => {
  const role = roles[0]!;
  const article = role === 'operator' ? 'an' : 'a';
  if (identity === undefined)
    return `Open this page by a link for ${article} ${role}, or paste a token of one.`;
  if (hasExpired(identity, Date.now())) {
    const when = formatDateTime(identity.expiresAt!);
    return `Your sign-in as ${identity.sub} ran out on ${when}. Take a new link.`;
  }
  if (roles.some((each) => identity.roles.includes(each))) return undefined;
  const who = `${identity.sub} (${identity.roles.join(', ')})`;
  return `You are signed in as ${who}; this page is for ${article} ${role}.`;
};
