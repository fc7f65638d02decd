import { type FormEvent, useState } from 'react';
import { hasExpired, type Identity, readToken } from './token.ts';

const faultOf = (identity: Identity | undefined): string => {
  if (identity === undefined) return 'That is no token: it has three parts with dots between them.';
  return hasExpired(identity, Date.now()) ? 'That token has run out. Take a newer one.' : '';
};

/** A place to paste a token. */
export const TokenForm = ({ onSignIn }: { readonly onSignIn: (identity: Identity) => void }) => {
  const [text, setText] = useState('');
  const [fault, setFault] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const identity = readToken(text);
    const found = faultOf(identity);
    setFault(found);
    if (identity === undefined || found) return;
    setText('');
    onSignIn(identity);
  };
  return (
    <form className="token-form" onSubmit={submit}>
      <label htmlFor="token">Token</label>
      <input
        id="token"
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-invalid={fault !== ''}
        aria-describedby={fault ? 'token-fault' : undefined}
        autoComplete="off"
        spellCheck={false}
      />
      {fault && (
        <p id="token-fault" className="field-fault" role="alert">
          {fault}
        </p>
      )}
      <button type="submit">Use it</button>
    </form>
  );
};
