import { useState } from 'react';

/** The address of the overlay of a live. It carries the token of this page, as an overlay cannot sign in. */
export const OverlayLink = ({ live, token }: { readonly live: string; readonly token: string }) => {
  const [said, setSaid] = useState('');
  const address = new URL('/overlay/', location.href);
  address.searchParams.set('live', live);
  address.hash = `token=${token}`;
  const demo = new URL(address);
  demo.searchParams.set('demo', '1');

  const copy = (): void => {
    navigator.clipboard.writeText(address.href).then(
      () => setSaid('Copied.'),
      () => setSaid('It could not be copied: select the address and copy it by hand.'),
    );
  };
  return (
    <>
      <p className="soft">
        Add it to your streaming program as a browser source. The address carries your sign-in: show it to
        nobody.
      </p>
      <div className="row-form">
        <label htmlFor="overlay">Address</label>
        <input id="overlay" readOnly value={address.href} onFocus={(event) => event.target.select()} />
        <button type="button" onClick={copy}>
          Copy
        </button>
        <a className="button quiet" href={demo.href} target="_blank" rel="noreferrer">
          See it with samples
        </a>
      </div>
      <p role="status" className="soft">
        {said}
      </p>
    </>
  );
};
