import { Gate } from '../shared/gate.tsx';
import { parameter, showPage } from '../shared/page.tsx';
import type { Identity } from '../shared/token.ts';
import { useApi } from '../shared/use-api.ts';
import { Studio } from './studio.tsx';
import './studio.css';

/** A creator sees its own lives; who may look at everybody's says whose. */
const SignedIn = ({ identity }: { readonly identity: Identity }) => {
  const api = useApi(identity);
  return <Studio api={api} identity={identity} creator={parameter('creator') ?? identity.sub} />;
};

showPage(
  <Gate page="Studio" roles={['creator', 'operator', 'service']}>
    {(identity) => <SignedIn identity={identity} />}
  </Gate>,
);
