import { useState } from 'react';
import { formatDateTime } from '../shared/format.ts';
import type { Identity } from '../shared/token.ts';
import { overlayAddress } from './overlay-address.ts';

/** The address of the overlay of a live, for a streaming program. An overlay cannot sign in by itself. */
export const OverlayLink = ({ live, identity }: { readonly live: string; readonly identity: Identity }) => {
  const [said, setSaid] = useState('');
  const { href, isSignedIn } = overlayAddress(location.href, live, identity);
  const demo = new URL(href);
  demo.searchParams.set('demo', '1');
  demo.hash = '';

  const copy = (): void => {
    navigator.clipboard.writeText(href).then(
      () => setSaid('Copied.'),
      () => setSaid('It could not be copied: select the address and copy it by hand.'),
    );
  };
  return (
    <>
      <p className="soft">
        Add it to your streaming program as a browser source. {isSignedIn ? sayUntil(identity) : sayWithout}
      </p>
      <div className="row-form">
        <label htmlFor="overlay">Address</label>
        <input id="overlay" readOnly value={href} onFocus={(event) => event.target.select()} />
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

const sayWithout =
  'Your sign-in can do more than watch, so it is not in the address: put an overlay token at its end.';

const sayUntil = ({ expiresAt }: Identity): string => {
  const until = expiresAt === undefined ? '' : ` and shows gifts until ${formatDateTime(expiresAt)} only`;
  return `The address carries your sign-in${until}: show it to nobody. An overlay token lasts longer.`;
};
